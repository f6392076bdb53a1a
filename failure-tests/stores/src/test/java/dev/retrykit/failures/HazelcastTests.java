package dev.retrykit.failures;

import static dev.retrykit.failures.StoreRows.all;
import static dev.retrykit.failures.StoreRows.each;

import com.hazelcast.cache.CacheNotExistsException;
import com.hazelcast.client.AuthenticationException;
import com.hazelcast.client.ClientNotAllowedInClusterException;
import com.hazelcast.client.HazelcastClientNotActiveException;
import com.hazelcast.client.HazelcastClientOfflineException;
import com.hazelcast.client.UndefinedErrorCodeException;
import com.hazelcast.client.UnsupportedClusterVersionException;
import com.hazelcast.config.InvalidConfigurationException;
import com.hazelcast.core.ConsistencyLostException;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.HazelcastOverloadException;
import com.hazelcast.core.IndeterminateOperationState;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.core.LocalMemberResetException;
import com.hazelcast.core.MemberLeftException;
import com.hazelcast.core.OperationTimeoutException;
import com.hazelcast.cp.exception.CPGroupDestroyedException;
import com.hazelcast.cp.exception.CannotReplicateException;
import com.hazelcast.cp.exception.LeaderDemotedException;
import com.hazelcast.cp.exception.NotLeaderException;
import com.hazelcast.cp.exception.StaleAppendRequestException;
import com.hazelcast.cp.internal.datastructures.exception.WaitKeyCancelledException;
import com.hazelcast.cp.internal.session.SessionExpiredException;
import com.hazelcast.cp.lock.exception.LockAcquireLimitReachedException;
import com.hazelcast.cp.lock.exception.LockOwnershipLostException;
import com.hazelcast.crdt.TargetNotReplicaException;
import com.hazelcast.jet.JobAlreadyExistsException;
import com.hazelcast.jet.RestartableException;
import com.hazelcast.jet.core.JobNotFoundException;
import com.hazelcast.jet.core.TopologyChangedException;
import com.hazelcast.map.QueryResultSizeExceededException;
import com.hazelcast.map.ReachedMaxSizeException;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import com.hazelcast.partition.NoDataMemberInClusterException;
import com.hazelcast.query.QueryException;
import com.hazelcast.ringbuffer.StaleSequenceException;
import com.hazelcast.scheduledexecutor.DuplicateTaskException;
import com.hazelcast.scheduledexecutor.StaleTaskException;
import com.hazelcast.spi.exception.CallerNotMemberException;
import com.hazelcast.spi.exception.DistributedObjectDestroyedException;
import com.hazelcast.spi.exception.PartitionMigratingException;
import com.hazelcast.spi.exception.RetryableHazelcastException;
import com.hazelcast.spi.exception.RetryableIOException;
import com.hazelcast.spi.exception.TargetDisconnectedException;
import com.hazelcast.spi.exception.TargetNotMemberException;
import com.hazelcast.spi.exception.WrongTargetException;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionException;
import com.hazelcast.sql.HazelcastSqlException;
import com.hazelcast.topic.TopicOverloadException;
import com.hazelcast.transaction.TransactionException;
import com.hazelcast.transaction.TransactionNotActiveException;
import com.hazelcast.transaction.TransactionTimedOutException;
import com.hazelcast.wan.WanQueueFullException;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What failures of Hazelcast mean. */
class HazelcastTests extends BookTests {

    private static final String LIB = "Hazelcast";

    static Stream<Row> rows() {
        return all(transients(), effects(), answers(), others(), sql());
    }

    private static Stream<Row> transients() {
        return all(
                each(
                        LIB,
                        "transient",
                        new RetryableHazelcastException("x"),
                        new RetryableIOException("x"),
                        new PartitionMigratingException("x"),
                        new CallerNotMemberException("x"),
                        new TargetNotMemberException("x"),
                        new WrongTargetException("x"),
                        new TargetNotReplicaException("x"),
                        new CannotReplicateException(null),
                        new OperationTimeoutException("x"),
                        new OperationTimeoutException("x", new TargetDisconnectedException("x")),
                        new HazelcastClientOfflineException(),
                        new HazelcastInstanceNotActiveException("x"),
                        new LocalMemberResetException("x"),
                        new NoDataMemberInClusterException("x"),
                        new SplitBrainProtectionException("x"),
                        new NotLeaderException(null, null, null),
                        new LeaderDemotedException(null, null),
                        new TransactionTimedOutException("x"),
                        new RestartableException("x"),
                        new TopologyChangedException("x"),
                        new TransactionException("x", new TargetNotMemberException("x"))),
                each(
                        LIB,
                        "throttled",
                        new HazelcastOverloadException("x"),
                        new TopicOverloadException("x"),
                        new WanQueueFullException("x")));
    }

    private static Stream<Row> effects() {
        return all(
                each(
                        LIB,
                        "unknown-effect",
                        new IndeterminateOperationStateException("x"),
                        new MemberLeftException("x"),
                        new StaleAppendRequestException(null),
                        new TargetDisconnectedException("Disconnected while waiting for the answer"),
                        new OwnException()),
                Stream.of(
                        row(
                                "Hazelcast: member left, future",
                                new ExecutionException(new MemberLeftException("x")),
                                "unknown-effect"),
                        row(
                                "Hazelcast: wrapped",
                                new HazelcastException("x", new IndeterminateOperationStateException()),
                                "unknown-effect")));
    }

    private static Stream<Row> answers() {
        return each(
                LIB,
                "answered",
                new CPGroupDestroyedException(),
                new LockAcquireLimitReachedException("x"),
                new QueryException("x"),
                new QueryResultSizeExceededException("x"),
                new ReachedMaxSizeException("x"),
                new DistributedObjectDestroyedException("x"),
                new StaleSequenceException("x", 5),
                new DuplicateTaskException("x"),
                new StaleTaskException("x"),
                new CacheNotExistsException("x"),
                new JobAlreadyExistsException("x"),
                new JobNotFoundException("x"));
    }

    private static Stream<Row> others() {
        return all(
                each(
                        LIB,
                        "neutral",
                        new HazelcastClientNotActiveException("x"),
                        new SessionExpiredException("x"),
                        new WaitKeyCancelledException("x"),
                        new LockOwnershipLostException("x"),
                        new AuthenticationException("x"),
                        new ClientNotAllowedInClusterException("x"),
                        new InvalidConfigurationException("x"),
                        new HazelcastSerializationException("x"),
                        new TransactionNotActiveException("x")),
                each(
                        LIB,
                        "permanent",
                        new ConsistencyLostException("x"),
                        new UnsupportedClusterVersionException("x"),
                        new UndefinedErrorCodeException("x", "com.acme.X", null),
                        new TransactionException("x")),
                each(
                        LIB,
                        "transient",
                        new QueryException("x", new IOException("Connection reset")),
                        new HazelcastSerializationException("x", new PartitionMigratingException("x"))),
                each(LIB, "unknown", new HazelcastException("x")));
    }

    private static Stream<Row> sql() {
        return all(
                sql("transient", 1001, 1004, 1005, 1007, 1011, 1012),
                sql("answered", 1008, 1009, 1010, 2000),
                sql("neutral", 1003),
                sql("permanent", -1));
    }

    private static Stream<Row> sql(String expected, int... codes) {
        return IntStream.of(codes)
                .mapToObj(code -> row(
                        "Hazelcast SQL: " + code,
                        new HazelcastSqlException(new UUID(1, 1), code, "x", null, null),
                        expected));
    }

    /** The mark alone. */
    private static final class OwnException extends RuntimeException implements IndeterminateOperationState {

        private static final long serialVersionUID = 1;
    }
}
