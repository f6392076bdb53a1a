package dev.retrykit.failures;

import static dev.retrykit.failures.StoreRows.all;
import static dev.retrykit.failures.StoreRows.each;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.datastax.dse.driver.api.core.servererrors.UnfitClientException;
import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.DriverExecutionException;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.InvalidKeyspaceException;
import com.datastax.oss.driver.api.core.NoNodeAvailableException;
import com.datastax.oss.driver.api.core.NodeUnavailableException;
import com.datastax.oss.driver.api.core.RequestThrottlingException;
import com.datastax.oss.driver.api.core.UnsupportedProtocolVersionException;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.connection.BusyConnectionException;
import com.datastax.oss.driver.api.core.connection.ClosedConnectionException;
import com.datastax.oss.driver.api.core.connection.ConnectionInitException;
import com.datastax.oss.driver.api.core.connection.CrcMismatchException;
import com.datastax.oss.driver.api.core.connection.FrameTooLongException;
import com.datastax.oss.driver.api.core.connection.HeartbeatException;
import com.datastax.oss.driver.api.core.cql.ExecutionInfo;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.EndPoint;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.servererrors.AlreadyExistsException;
import com.datastax.oss.driver.api.core.servererrors.BootstrappingException;
import com.datastax.oss.driver.api.core.servererrors.CASWriteUnknownException;
import com.datastax.oss.driver.api.core.servererrors.CDCWriteFailureException;
import com.datastax.oss.driver.api.core.servererrors.DefaultWriteType;
import com.datastax.oss.driver.api.core.servererrors.FunctionFailureException;
import com.datastax.oss.driver.api.core.servererrors.InvalidConfigurationInQueryException;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.datastax.oss.driver.api.core.servererrors.OverloadedException;
import com.datastax.oss.driver.api.core.servererrors.ProtocolError;
import com.datastax.oss.driver.api.core.servererrors.ReadFailureException;
import com.datastax.oss.driver.api.core.servererrors.ReadTimeoutException;
import com.datastax.oss.driver.api.core.servererrors.ServerError;
import com.datastax.oss.driver.api.core.servererrors.SyntaxError;
import com.datastax.oss.driver.api.core.servererrors.TruncateException;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import com.datastax.oss.driver.api.core.servererrors.UnavailableException;
import com.datastax.oss.driver.api.core.servererrors.WriteFailureException;
import com.datastax.oss.driver.api.core.servererrors.WriteTimeoutException;
import com.datastax.oss.driver.api.core.type.DataTypes;
import com.datastax.oss.driver.api.core.type.codec.CodecNotFoundException;
import com.datastax.oss.driver.api.core.type.reflect.GenericType;
import com.datastax.oss.driver.internal.core.metadata.DefaultEndPoint;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.springframework.data.cassandra.CassandraConnectionFailureException;
import org.springframework.data.cassandra.CassandraDriverTimeoutException;
import org.springframework.data.cassandra.CassandraInternalException;
import org.springframework.data.cassandra.CassandraTraceRetrievalException;
import org.springframework.data.cassandra.CassandraTypeMismatchException;
import org.springframework.data.cassandra.CassandraUncategorizedException;
import org.springframework.data.cassandra.CassandraWriteTimeoutException;
import org.springframework.data.cassandra.core.cql.CassandraExceptionTranslator;

/** What failures of Cassandra's driver mean, and what Spring Data makes of them. */
class CassandraTests extends BookTests {

    private static final String LIB = "Cassandra";
    private static final Node NODE = mock(Node.class, "a node");
    private static final DefaultConsistencyLevel QUORUM = DefaultConsistencyLevel.QUORUM;
    private static final InetSocketAddress HOST = InetSocketAddress.createUnresolved("cassandra.example.org", 9042);
    private static final EndPoint POINT = new DefaultEndPoint(HOST);

    static Stream<Row> rows() {
        return all(driver(), idempotence(), servers(), writes(), nodes(), translated());
    }

    private static Stream<Row> driver() {
        return all(
                each(
                        LIB,
                        "transient",
                        new DriverTimeoutException("Query timed out after PT2S"),
                        new ClosedConnectionException("Lost connection to remote peer"),
                        new HeartbeatException(HOST, "Heartbeat request failed", null),
                        new NoNodeAvailableException(),
                        new NodeUnavailableException(NODE),
                        new BusyConnectionException(1024),
                        new ConnectionInitException("Could not initialize", new ConnectException("x")),
                        new ConnectionInitException("Could not initialize", null),
                        new CrcMismatchException("x")),
                each(LIB, "throttled", new RequestThrottlingException("The session has reached its maximum capacity")),
                each(
                        LIB,
                        "neutral",
                        new AuthenticationException(POINT, "Invalid username or password"),
                        new ConnectionInitException("x", new AuthenticationException(POINT, "x")),
                        new FrameTooLongException(HOST, "x"),
                        new CodecNotFoundException(DataTypes.INT, GenericType.STRING),
                        new UnfitClientException(NODE, "x")),
                each(
                        LIB,
                        "permanent",
                        new UnsupportedProtocolVersionException(POINT, "x", List.of()),
                        new DriverExecutionException(new Exception("x"))),
                each(LIB, "transient", new DriverExecutionException(new IOException("Broken pipe"))),
                each(LIB, "answered", new InvalidKeyspaceException("Invalid keyspace x")));
    }

    /** What the statement says of itself. */
    private static Stream<Row> idempotence() {
        DriverException write = new WriteTimeoutException(NODE, QUORUM, 1, 2, DefaultWriteType.SIMPLE);
        return Stream.of(
                row("timeout, idempotent", of(new DriverTimeoutException("x"), true), "transient"),
                row("timeout, not idempotent", of(new DriverTimeoutException("x"), false), "unknown-effect"),
                row("timeout, idempotence not set", of(new DriverTimeoutException("x"), null), "transient"),
                row("closed, idempotent", of(new ClosedConnectionException("x"), true), "transient"),
                row("closed, not idempotent", of(new ClosedConnectionException("x"), false), "unknown-effect"),
                row("heartbeat, idempotent", of(new HeartbeatException(HOST, "x", null), true), "transient"),
                row("heartbeat, not idempotent", of(new HeartbeatException(HOST, "x", null), false), "unknown-effect"),
                row("server error, idempotent", of(new ServerError(NODE, "x"), true), "transient"),
                row("server error, not idempotent", of(new ServerError(NODE, "x"), false), "unknown-effect"),
                row("write timeout, idempotent", of(write, true), "transient"),
                row(
                        "write timeout, wrapped",
                        new CompletionException(of(new DriverTimeoutException("x"), false)),
                        "unknown-effect"));
    }

    private static Stream<Row> servers() {
        return all(
                each(LIB, "throttled", new OverloadedException(NODE)),
                each(
                        LIB,
                        "transient",
                        new UnavailableException(NODE, QUORUM, 2, 1),
                        new BootstrappingException(NODE),
                        new ReadTimeoutException(NODE, QUORUM, 1, 2, false),
                        new TruncateException(NODE, "x"),
                        new ServerError(NODE, "x")),
                each(
                        LIB,
                        "permanent",
                        new ReadFailureException(NODE, QUORUM, 1, 2, 1, false, Map.of()),
                        new CDCWriteFailureException(NODE),
                        new ProtocolError(NODE, "x")),
                each(
                        LIB,
                        "answered",
                        new InvalidQueryException(NODE, "unconfigured table x"),
                        new SyntaxError(NODE, "x"),
                        new AlreadyExistsException(NODE, "k", "t"),
                        new InvalidConfigurationInQueryException(NODE, "x"),
                        new FunctionFailureException(NODE, "x")),
                each(LIB, "neutral", new UnauthorizedException(NODE, "x")));
    }

    private static Stream<Row> writes() {
        return all(
                Stream.of(DefaultWriteType.values())
                        .filter(type -> type != DefaultWriteType.BATCH_LOG)
                        .map(type -> row(
                                "write timeout " + type,
                                new WriteTimeoutException(NODE, QUORUM, 1, 2, type),
                                "unknown-effect")),
                Stream.of(row("write timeout BATCH_LOG", writeTimeout(DefaultWriteType.BATCH_LOG), "transient")),
                each(
                        LIB,
                        "unknown-effect",
                        new WriteFailureException(NODE, QUORUM, 1, 2, DefaultWriteType.SIMPLE, 1, Map.of()),
                        new CASWriteUnknownException(NODE, QUORUM, 1, 2)));
    }

    private static Stream<Row> nodes() {
        Throwable closed = new ClosedConnectionException("x");
        return Stream.of(
                row("all nodes: closed, overloaded", failed(closed, new OverloadedException(NODE)), "throttled"),
                row("all nodes: unavailable", failed(closed, new NodeUnavailableException(NODE)), "transient"),
                row(
                        "all nodes: one has timed out writing",
                        failed(closed, writeTimeout(DefaultWriteType.SIMPLE)),
                        "unknown-effect"),
                row("all nodes: wrong password", failed(closed, new AuthenticationException(POINT, "x")), "neutral"),
                row("all nodes: odd", failed(new Error("x"), new Error("y")), "transient"),
                row("nothing listens", nobodyListens(), "transient"));
    }

    private static Stream<Row> translated() {
        return Stream.of(
                row("Spring: write timeout", translate(writeTimeout(DefaultWriteType.CAS)), "unknown-effect"),
                row(
                        "Spring: write timeout BATCH_LOG",
                        translate(writeTimeout(DefaultWriteType.BATCH_LOG)),
                        "transient"),
                row(
                        "Spring: write timeout, no cause",
                        new CassandraWriteTimeoutException("SIMPLE", "x", null),
                        "unknown-effect"),
                row(
                        "Spring: write timeout, log, no cause",
                        new CassandraWriteTimeoutException("BATCH_LOG", "x", null),
                        "transient"),
                row(
                        "Spring: write failure",
                        translate(new WriteFailureException(NODE, QUORUM, 1, 2, DefaultWriteType.SIMPLE, 1, Map.of())),
                        "unknown-effect"),
                row("Spring: timeout", translate(new DriverTimeoutException("x")), "transient"),
                row(
                        "Spring: timeout of a write",
                        translate(of(new DriverTimeoutException("x"), false)),
                        "unknown-effect"),
                row(
                        "Spring: read timeout",
                        translate(new ReadTimeoutException(NODE, QUORUM, 1, 2, false)),
                        "transient"),
                row("Spring: overloaded", translate(new OverloadedException(NODE)), "throttled"),
                row("Spring: too few replicas", translate(new UnavailableException(NODE, QUORUM, 2, 1)), "transient"),
                row("Spring: truncate", translate(new TruncateException(NODE, "x")), "transient"),
                row("Spring: no node", translate(new NoNodeAvailableException()), "transient"),
                row(
                        "Spring: all nodes, wrong password",
                        translate(failed(new AuthenticationException(POINT, "x"))),
                        "neutral"),
                row("Spring: wrong password", translate(new AuthenticationException(POINT, "x")), "neutral"),
                row("Spring: no right", translate(new UnauthorizedException(NODE, "x")), "neutral"),
                row("Spring: bad query", translate(new InvalidQueryException(NODE, "x")), "answered"),
                row("Spring: bad syntax", translate(new SyntaxError(NODE, "x")), "answered"),
                row(
                        "Spring: bad configuration",
                        translate(new InvalidConfigurationInQueryException(NODE, "x")),
                        "answered"),
                row("Spring: exists", translate(new AlreadyExistsException(NODE, "k", "t")), "answered"),
                row(
                        "Spring: no node, no cause",
                        new CassandraConnectionFailureException(Map.of(), "x", null),
                        "transient"),
                row("Spring: timeout, no cause", new CassandraDriverTimeoutException("x", null), "transient"),
                row("Spring: internal", new CassandraInternalException("x"), "transient"),
                row("Spring: trace", new CassandraTraceRetrievalException("x"), "transient"),
                row("Spring: type", new CassandraTypeMismatchException("x"), "neutral"),
                row("Spring: uncategorized", new CassandraUncategorizedException("x", null), "permanent"),
                row("Spring: uncategorized, throttled", translate(new RequestThrottlingException("x")), "throttled"));
    }

    private static Throwable translate(Throwable failure) {
        return new CassandraExceptionTranslator().translate("task", "cql", (RuntimeException) failure);
    }

    private static WriteTimeoutException writeTimeout(DefaultWriteType type) {
        return new WriteTimeoutException(NODE, QUORUM, 1, 2, type);
    }

    private static DriverException of(DriverException failure, Boolean idempotent) {
        ExecutionInfo info = mock(ExecutionInfo.class);
        SimpleStatement statement = SimpleStatement.newInstance("UPDATE t SET a = 1");
        when(info.getRequest()).thenReturn(idempotent == null ? statement : statement.setIdempotent(idempotent));
        failure.setExecutionInfo(info);
        return failure;
    }

    private static AllNodesFailedException failed(Throwable... failures) {
        return AllNodesFailedException.fromErrors(Stream.of(failures)
                .map(failure -> Map.entry(mock(Node.class), failure))
                .toList());
    }

    private static Throwable nobodyListens() {
        InetSocketAddress closed = new InetSocketAddress("127.0.0.1", MongoTests.freePort());
        DriverConfigLoader quick = DriverConfigLoader.programmaticBuilder()
                .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
                .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
                .build();
        try (CqlSession session = CqlSession.builder()
                .addContactPoint(closed)
                .withLocalDatacenter("dc1")
                .withConfigLoader(quick)
                .build()) {
            throw new IllegalStateException("somebody listens: " + session);
        } catch (DriverException expected) {
            return expected;
        }
    }
}
