package dev.retrykit.failures;

import static dev.retrykit.failures.StoreRows.all;
import static dev.retrykit.failures.StoreRows.each;

import com.datastax.driver.core.ConsistencyLevel;
import com.datastax.driver.core.DataType;
import com.datastax.driver.core.EndPoint;
import com.datastax.driver.core.ProtocolVersion;
import com.datastax.driver.core.WriteType;
import com.datastax.driver.core.exceptions.AlreadyExistsException;
import com.datastax.driver.core.exceptions.AuthenticationException;
import com.datastax.driver.core.exceptions.BootstrappingException;
import com.datastax.driver.core.exceptions.BusyConnectionException;
import com.datastax.driver.core.exceptions.BusyPoolException;
import com.datastax.driver.core.exceptions.CASWriteUnknownException;
import com.datastax.driver.core.exceptions.CDCWriteException;
import com.datastax.driver.core.exceptions.CodecNotFoundException;
import com.datastax.driver.core.exceptions.ConnectionException;
import com.datastax.driver.core.exceptions.CrcMismatchException;
import com.datastax.driver.core.exceptions.DriverInternalError;
import com.datastax.driver.core.exceptions.FrameTooLongException;
import com.datastax.driver.core.exceptions.FunctionExecutionException;
import com.datastax.driver.core.exceptions.InvalidQueryException;
import com.datastax.driver.core.exceptions.InvalidTypeException;
import com.datastax.driver.core.exceptions.NoHostAvailableException;
import com.datastax.driver.core.exceptions.OperationTimedOutException;
import com.datastax.driver.core.exceptions.OverloadedException;
import com.datastax.driver.core.exceptions.PagingStateException;
import com.datastax.driver.core.exceptions.ProtocolError;
import com.datastax.driver.core.exceptions.ReadFailureException;
import com.datastax.driver.core.exceptions.ReadTimeoutException;
import com.datastax.driver.core.exceptions.ServerError;
import com.datastax.driver.core.exceptions.SyntaxError;
import com.datastax.driver.core.exceptions.TransportException;
import com.datastax.driver.core.exceptions.TruncateException;
import com.datastax.driver.core.exceptions.UnauthorizedException;
import com.datastax.driver.core.exceptions.UnavailableException;
import com.datastax.driver.core.exceptions.UnsupportedProtocolVersionException;
import com.datastax.driver.core.exceptions.WriteFailureException;
import com.datastax.driver.core.exceptions.WriteTimeoutException;
import com.google.common.reflect.TypeToken;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.stream.Stream;

/** What failures of Cassandra's driver 3 mean. */
class CassandraThreeTests extends BookTests {

    private static final EndPoint HOST = new Host();
    private static final String LIB = "Cassandra 3";
    private static final ConsistencyLevel ONE = ConsistencyLevel.ONE;

    static Stream<Row> rows() {
        return all(transients(), others(), Stream.of(WriteType.values()).map(CassandraThreeTests::writeTimeout));
    }

    private static Stream<Row> transients() {
        return each(
                LIB,
                "transient",
                new OperationTimedOutException(HOST),
                new TransportException(HOST, "Connection has been closed"),
                new ConnectionException(HOST, "x"),
                new BusyPoolException(HOST, 256),
                new BusyConnectionException(HOST),
                new UnavailableException(ONE, 2, 1),
                new BootstrappingException(HOST, "x"),
                new ReadTimeoutException(ONE, 1, 2, false),
                new TruncateException(HOST, "x"),
                new CrcMismatchException("x"),
                new ServerError(HOST, "x"),
                new NoHostAvailableException(Map.of()),
                new NoHostAvailableException(Map.of(HOST, new TransportException(HOST, "x"))),
                new DriverInternalError(new IOException("Connection reset by peer")));
    }

    private static Stream<Row> others() {
        return all(
                each(LIB, "throttled", new OverloadedException(HOST, "x")),
                each(
                        LIB,
                        "permanent",
                        new ReadFailureException(ONE, 1, 2, 1, Map.of(), false),
                        new CDCWriteException(HOST, "x"),
                        new UnsupportedProtocolVersionException(HOST, ProtocolVersion.V5, ProtocolVersion.V4),
                        new ProtocolError(HOST, "x"),
                        new DriverInternalError("x")),
                each(
                        LIB,
                        "answered",
                        new InvalidQueryException("x"),
                        new SyntaxError(HOST, "x"),
                        new AlreadyExistsException("k", "t"),
                        new FunctionExecutionException(HOST, "x")),
                each(
                        LIB,
                        "neutral",
                        new UnauthorizedException(HOST, "x"),
                        new FrameTooLongException(1),
                        new CodecNotFoundException("x", DataType.text(), TypeToken.of(Object.class)),
                        new InvalidTypeException("x"),
                        new PagingStateException("x"),
                        new AuthenticationException(HOST, "x"),
                        new NoHostAvailableException(Map.of(HOST, new AuthenticationException(HOST, "x")))),
                each(
                        LIB,
                        "unknown-effect",
                        new WriteFailureException(ONE, WriteType.SIMPLE, 1, 2, 1, Map.of()),
                        new CASWriteUnknownException(ONE, 1, 2)));
    }

    private static Row writeTimeout(WriteType type) {
        String expected = type == WriteType.BATCH_LOG ? "transient" : "unknown-effect";
        return row("Cassandra 3: write timeout " + type, new WriteTimeoutException(ONE, type, 1, 2), expected);
    }

    private record Host() implements EndPoint {

        @Override
        public InetSocketAddress resolve() {
            return InetSocketAddress.createUnresolved("cassandra.example.org", 9042);
        }
    }
}
