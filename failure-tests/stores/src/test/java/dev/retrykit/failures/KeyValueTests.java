package dev.retrykit.failures;

import static dev.retrykit.failures.StoreRows.all;
import static dev.retrykit.failures.StoreRows.each;

import com.aerospike.client.AerospikeException;
import com.aerospike.client.BatchRecord;
import com.aerospike.client.CommitError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.rubyeye.xmemcached.exception.MemcachedClientException;
import net.rubyeye.xmemcached.exception.MemcachedDecodeException;
import net.rubyeye.xmemcached.exception.MemcachedException;
import net.rubyeye.xmemcached.exception.MemcachedServerException;
import net.rubyeye.xmemcached.exception.NoValueException;
import net.rubyeye.xmemcached.exception.UnknownCommandException;
import net.spy.memcached.MemcachedClient;
import net.spy.memcached.OperationTimeoutException;
import net.spy.memcached.internal.CheckedOperationTimeoutException;
import net.spy.memcached.ops.OperationErrorType;
import net.spy.memcached.ops.OperationException;

/** What failures of memcached's clients and of Aerospike mean. */
class KeyValueTests extends BookTests {

    static Stream<Row> rows() {
        return all(memcached(), lost(), codes(), aerospike());
    }

    private static Stream<Row> memcached() {
        return all(
                each(
                        "memcached",
                        "transient",
                        new OperationTimeoutException("Timeout waiting for value"),
                        new CheckedOperationTimeoutException("Timed out", List.of()),
                        new OperationException(OperationErrorType.SERVER, "SERVER_ERROR out of memory storing object"),
                        new MemcachedException("There is no available connection at this moment"),
                        new MemcachedException("Session has been closed"),
                        new MemcachedException("x", new IOException("Connection reset by peer")),
                        new MemcachedServerException("out of memory"),
                        new TimeoutException("Timed out(5000) waiting for operation")),
                each(
                        "memcached",
                        "answered",
                        new OperationException(OperationErrorType.CLIENT, "CLIENT_ERROR bad data chunk"),
                        new OperationException(OperationErrorType.GENERAL, "ERROR"),
                        new MemcachedClientException("bad data chunk"),
                        new NoValueException("x"),
                        new UnknownCommandException("x")),
                each("memcached", "neutral", new MemcachedDecodeException("x")),
                each("memcached", "unknown", new MemcachedException("x")));
    }

    /** The server closes each connection as soon as it has read something. */
    private static Stream<Row> lost() {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread closing = new Thread(() -> closeAll(server), "closing server");
            closing.start();
            MemcachedClient client = new MemcachedClient((InetSocketAddress) server.getLocalSocketAddress());
            try {
                return Stream.of(
                        row("Spymemcached: get, lost", failureOf(() -> client.get("k")), "transient"),
                        row("Spymemcached: bulk, lost", failureOf(() -> client.getBulk("k", "l")), "transient"),
                        row(
                                "Spymemcached: set, lost",
                                failureOf(() -> client.set("k", 1, "v").get()),
                                "transient"),
                        row("a cancellation by the application", new CancellationException("Cancelled"), "neutral"));
            } finally {
                client.shutdown();
            }
        } catch (IOException unexpected) {
            throw new UncheckedIOException(unexpected);
        }
    }

    private static void closeAll(ServerSocket server) {
        try {
            while (true) {
                try (Socket connection = server.accept()) {
                    connection.getInputStream().read();
                }
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private static Throwable failureOf(Callable<?> call) {
        try {
            return new AssertionError("nothing failed: " + call.call());
        } catch (Exception failure) {
            return failure;
        }
    }

    private static Stream<Row> codes() {
        return all(
                results("transient", 9, 3, 8, 11, 32, 120, 121, 122, 203, 210, 212, -3, -7, -8, -11, -15, -17),
                results("throttled", 14, 18, 83, 152, 211),
                results("neutral", 51, 52, 53, 60, 62, 65, 66, 80, 81, 82, -4, -5, -9, -10, -12),
                results("permanent", 1, 22, 202, 213, -2),
                results("answered", 2, 4, 5, 6, 7, 10, 12, 13, 16, 17, 20, 21, 26, 27, 100, 124, 200, 201, -18, -19),
                results("unknown-effect", -16),
                results("unknown", -1));
    }

    private static Stream<Row> results(String expected, int... codes) {
        return IntStream.of(codes).mapToObj(code -> row("Aerospike: " + code, new AerospikeException(code), expected));
    }

    private static Stream<Row> aerospike() {
        return Stream.of(
                row("Aerospike: in doubt", new AerospikeException(9, true), "unknown-effect"),
                row("Aerospike: in doubt, though answered", new AerospikeException(2, true), "unknown-effect"),
                row(
                        "Aerospike: timeout of a write",
                        new AerospikeException.Timeout("x", 1, 1000, true),
                        "unknown-effect"),
                row("Aerospike: timeout", new AerospikeException.Timeout("x", 1, 1000, false), "transient"),
                row(
                        "Aerospike: timeout, third iteration",
                        new AerospikeException.Timeout("x", 3, 1000, false),
                        "nested"),
                row("Aerospike: key not found, third iteration", iterated(new AerospikeException(2), 3), "answered"),
                row("Aerospike: no connection", new AerospikeException.Connection("x"), "transient"),
                row("Aerospike: pool empty", new AerospikeException.Connection(-7, "x"), "transient"),
                row("Aerospike: node", new AerospikeException.InvalidNode("x"), "transient"),
                row("Aerospike: namespace", new AerospikeException.InvalidNamespace("n", 1), "answered"),
                row("Aerospike: backs off", new AerospikeException.Backoff(-12), "neutral"),
                row("Aerospike: its queue is full", new AerospikeException.AsyncQueueFull(), "neutral"),
                row("Aerospike: no such type", new AerospikeException.Serialize("x"), "neutral"),
                row("Aerospike: odd reply", new AerospikeException.Parse("x"), "permanent"),
                row(
                        "Aerospike: part of a batch",
                        new AerospikeException.BatchRecordArray(new BatchRecord[0], null),
                        "unknown-effect"),
                row("Aerospike: commit", commit(false), "transient"),
                row("Aerospike: commit in doubt", commit(true), "unknown-effect"),
                row("Aerospike: caused", new AerospikeException(new SocketTimeoutException("x")), "transient"),
                row("Aerospike: wrapped", new ExecutionException(new AerospikeException(9, true)), "unknown-effect"));
    }

    private static AerospikeException iterated(AerospikeException failure, int iteration) {
        failure.setIteration(iteration);
        return failure;
    }

    private static Throwable commit(boolean inDoubt) {
        BatchRecord[] none = {};
        AerospikeException failure = new AerospikeException.Commit(CommitError.VERIFY_FAIL, none, none);
        failure.setInDoubt(inDoubt);
        return failure;
    }
}
