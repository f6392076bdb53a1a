package dev.retrykit.failures;

import static dev.retrykit.failures.StoreRows.all;
import static dev.retrykit.failures.StoreRows.each;
import static io.etcd.jetcd.common.exception.EtcdExceptionFactory.newEtcdException;

import com.ecwid.consul.transport.TransportException;
import com.ecwid.consul.v1.OperationException;
import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdExceptionFactory;
import io.etcd.jetcd.election.NoLeaderException;
import io.etcd.jetcd.election.NotLeaderException;
import io.etcd.jetcd.lease.NoSuchLeaseException;
import io.grpc.Status;
import java.io.IOException;
import java.net.ConnectException;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import net.javacrumbs.shedlock.core.LockExtender;
import net.javacrumbs.shedlock.support.LockException;
import okhttp3.ResponseBody;
import org.apache.curator.CuratorConnectionLossException;
import org.apache.curator.SessionFailRetryLoop;
import org.apache.curator.framework.api.CuratorClosedException;
import org.apache.curator.framework.recipes.leader.CancelLeadershipException;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.kiwiproject.consul.ConsulException;
import org.kiwiproject.consul.NotRegisteredException;
import org.kiwiproject.consul.util.failover.MaxFailoverAttemptsExceededException;
import retrofit2.Response;

/** What failures of ZooKeeper, Curator, etcd, Consul and ShedLock mean. */
class CoordinationTests extends BookTests {

    private static final Set<Code> TRANSIENT = Set.of(
            Code.CONNECTIONLOSS,
            Code.OPERATIONTIMEOUT,
            Code.REQUESTTIMEOUT,
            Code.SESSIONEXPIRED,
            Code.SESSIONMOVED,
            Code.NEWCONFIGNOQUORUM,
            Code.RECONFIGINPROGRESS,
            Code.NOTREADONLY);

    private static final Set<Code> ANSWERED = Set.of(
            Code.NONODE,
            Code.NODEEXISTS,
            Code.BADVERSION,
            Code.NOTEMPTY,
            Code.NOCHILDRENFOREPHEMERALS,
            Code.QUOTAEXCEEDED,
            Code.NOWATCHER);

    private static final Set<Code> PERMANENT =
            Set.of(Code.SYSTEMERROR, Code.RUNTIMEINCONSISTENCY, Code.DATAINCONSISTENCY, Code.APIERROR);

    private static final ConnectException REFUSED = new ConnectException("Connection refused");

    static Stream<Row> rows() {
        return all(zooKeeper(), curator(), etcd(), consul(), shedLock());
    }

    /** All codes of failures. */
    private static Stream<Row> zooKeeper() {
        return Stream.of(Code.values())
                .filter(code -> code != Code.OK)
                .map(code -> row("ZooKeeper: " + code, of(code), meaning(code)));
    }

    private static KeeperException of(Code code) {
        return code == Code.UNKNOWNSESSION
                ? new KeeperException.UnknownSessionException()
                : KeeperException.create(code, "/path");
    }

    private static String meaning(Code code) {
        if (code == Code.THROTTLEDOP) {
            return "throttled";
        }
        if (TRANSIENT.contains(code)) {
            return "transient";
        }
        return ANSWERED.contains(code) ? "answered" : PERMANENT.contains(code) ? "permanent" : "neutral";
    }

    private static Stream<Row> curator() {
        return all(
                each(
                        "Curator",
                        "transient",
                        new CuratorConnectionLossException(),
                        new SessionFailRetryLoop.SessionFailedException()),
                each("Curator", "neutral", new CuratorClosedException(), new CancelLeadershipException()));
    }

    private static Stream<Row> etcd() {
        return all(
                Stream.of(ErrorCode.values())
                        .map(code -> row("etcd: " + code, newEtcdException(code, "x"), meaning(code))),
                Stream.of(
                        row("etcd: leader changed", etcd(Status.UNAVAILABLE), "transient"),
                        row("etcd: no such key", etcd(Status.NOT_FOUND), "answered"),
                        row("etcd: no right", etcd(Status.PERMISSION_DENIED), "neutral"),
                        row(
                                "etcd: unknown, lost",
                                newEtcdException(ErrorCode.UNKNOWN, "x", new IOException("Broken pipe")),
                                "transient"),
                        row(
                                "etcd: future",
                                new ExecutionException(newEtcdException(ErrorCode.UNAVAILABLE, "x")),
                                "transient")),
                each("etcd", "transient", new NoLeaderException()),
                each(
                        "etcd",
                        "answered",
                        EtcdExceptionFactory.newCompactedException(7),
                        new NotLeaderException(),
                        new NoSuchLeaseException(7)),
                each(
                        "etcd",
                        "neutral",
                        EtcdExceptionFactory.newClosedLeaseClientException(),
                        EtcdExceptionFactory.newClosedWatcherException()));
    }

    private static String meaning(ErrorCode code) {
        return switch (code) {
            case UNAVAILABLE -> "transient";
            case UNAUTHENTICATED, PERMISSION_DENIED, CANCELLED -> "neutral";
            case INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION, OUT_OF_RANGE, ABORTED -> "answered";
            default -> "permanent";
        };
    }

    private static Throwable etcd(Status status) {
        return EtcdExceptionFactory.toEtcdException(status.asRuntimeException());
    }

    private static Stream<Row> consul() {
        ResponseBody body = ResponseBody.create("x", null);
        return Stream.of(
                row("Consul: no leader", new ConsulException(500, Response.error(500, body)), "transient status 500"),
                row("Consul: not found", new ConsulException(404, Response.error(404, body)), "answered status 404"),
                row("Consul: no right", new ConsulException(403, Response.error(403, body)), "neutral status 403"),
                row("Consul: refused", new ConsulException(REFUSED), "transient"),
                row("Consul: other", new ConsulException("x"), "unknown"),
                row("Consul: no such check", new NotRegisteredException("x"), "answered"),
                row("Consul: all refused", new MaxFailoverAttemptsExceededException("x", REFUSED), "transient"),
                row("Consul: all failed", new MaxFailoverAttemptsExceededException("x", null), "transient"),
                row(
                        "Consul API: no leader",
                        new OperationException(500, "No cluster leader", "x"),
                        "transient status 500"),
                row("Consul API: no right", new OperationException(403, "x", "x"), "neutral status 403"),
                row("Consul API: lost", new TransportException(new IOException("x")), "transient"));
    }

    private static Stream<Row> shedLock() {
        return Stream.of(
                row(
                        "a lock whose lease was over",
                        new IllegalMonitorStateException("attempt to unlock lock"),
                        "neutral"),
                row("ShedLock: lost", new LockException("x", REFUSED), "transient"),
                row("ShedLock: other", new LockException("x"), "permanent"),
                row("ShedLock: can't extend", new LockExtender.LockCanNotBeExtendedException(), "neutral"),
                row("ShedLock: no lock", new LockExtender.NoActiveLockException(), "neutral"));
    }
}
