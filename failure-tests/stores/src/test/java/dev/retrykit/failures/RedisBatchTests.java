package dev.retrykit.failures;

import io.lettuce.core.RedisCommandExecutionException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.redisson.client.RedisBusyException;
import org.redisson.client.RedisException;
import org.redisson.client.RedisLoadingException;
import org.redisson.client.RedisNoReplicasException;
import org.redisson.client.RedisOutOfMemoryException;
import org.redisson.client.RedisReadonlyException;
import org.redisson.client.RedisResponseTimeoutException;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisCluster;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.Transaction;
import redis.clients.jedis.exceptions.JedisBusyException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** Pipelines, transactions and batches of Redis: what was partly done is not repeated, what was discarded may be. */
class RedisBatchTests extends RedisCalls {

    private static final String FULL = "OOM command not allowed when used memory > 'maxmemory'.";

    static Stream<Row> rows() throws IOException {
        RedisBatchTests tests = new RedisBatchTests();
        with(List.of(), tests::collect);
        with(List.of("cluster-enabled yes"), tests::cluster);
        return StoreRows.all(tests.rowsFound(), replies(), redisson());
    }

    private void collect(int port) {
        pipelines(port);
        transactions(port);
        springs(port);
    }

    private void pipelines(int port) {
        onJedis(port, "pipeline, a refused command", "unknown-effect", jedis -> {
            incrementsWhenFull(port, jedis.pipelined());
        });
        onJedis(port, "pipeline, a wrong type", "answered", jedis -> {
            jedis.set("text", "v");
            Pipeline pipeline = jedis.pipelined();
            pipeline.incr("n");
            Response<Long> refused = pipeline.lpush("text", "x");
            pipeline.sync();
            refused.get();
        });
        onJedis(port, "pipeline, killed", "unknown-effect", jedis -> {
            long id = jedis.clientId();
            Pipeline pipeline = jedis.pipelined();
            pipeline.incr("n");
            kill(port, id);
            pipeline.sync();
        });
        onJedis(port, "a single command, killed", "transient", jedis -> {
            kill(port, jedis.clientId());
            jedis.incr("n");
        });
    }

    private void transactions(int port) {
        onJedis(port, "transaction, killed", "unknown-effect", jedis -> {
            long id = jedis.clientId();
            Transaction transaction = jedis.multi();
            transaction.incr("n");
            kill(port, id);
            transaction.exec();
        });
        onJedis(port, "transaction, discarded: out of memory", "transient", jedis -> {
            Transaction transaction = jedis.multi();
            transaction.incr("n");
            full(port, transaction::exec);
        });
    }

    private void springs(int port) {
        onSpring(
                port,
                "EXEC refused: out of memory",
                "transient",
                redis -> transaction(redis, () -> {
                    admin(port, jedis -> jedis.configSet("maxmemory", "1"));
                    return null;
                }));
        admin(port, jedis -> jedis.configSet("maxmemory", "0"));
        onSpringLettuce(
                port,
                SHORT,
                "timeout of EXEC",
                "unknown-effect",
                redis -> transaction(redis, () -> {
                    admin(port, jedis -> jedis.sendCommand(() -> "CLIENT".getBytes(), "PAUSE", "500"));
                    return null;
                }));
    }

    private static void transaction(StringRedisTemplate redis, Callable<Void> beforeExec) {
        redis.execute(new SessionCallback<Object>() {
            @Override
            @SuppressWarnings("unchecked")
            public <K, V> Object execute(RedisOperations<K, V> operations) {
                operations.multi();
                operations.opsForValue().increment((K) "n");
                call(beforeExec);
                return operations.exec();
            }
        });
    }

    private void cluster(int port) {
        admin(port, jedis -> {
            jedis.clusterAddSlots(IntStream.range(0, 16384).toArray());
            while (!jedis.clusterInfo().startsWith("cluster_state:ok")) {
                Thread.onSpinWait();
            }
        });
        add("Jedis: cluster pipeline, a refused command", "unknown-effect", () -> {
            try (JedisCluster jedis = new JedisCluster(new HostAndPort("127.0.0.1", port))) {
                incrementsWhenFull(port, jedis.pipelined());
            }
        });
    }

    /** The first command is done, the second one refused. */
    private static void incrementsWhenFull(int port, AbstractPipeline pipeline) {
        pipeline.del("n");
        Response<Long> refused = full(port, () -> {
            Response<Long> response = pipeline.incr("n");
            pipeline.sync();
            return response;
        });
        refused.get();
    }

    /** What the server says if a script runs, or without an EXEC that was refused. */
    private static Stream<Row> replies() {
        return Stream.of(
                row("Jedis: discarded, a bad command", aborted("ERR unknown command 'x'"), "answered"),
                row("Jedis: discarded, a replica", aborted("READONLY You can't write"), "transient"),
                row(
                        "Jedis 4: a transaction, lost",
                        thrownIn(
                                new JedisConnectionException("Unexpected end of stream."),
                                "redis.clients.jedis.TransactionBase",
                                "exec"),
                        "unknown-effect"),
                row("Jedis: busy in a pipeline", inPipeline(new JedisBusyException("BUSY x")), "unknown-effect"),
                row(
                        "Jedis: a wrong type, and a connection that failed to close",
                        suppressing(new JedisDataException("WRONGTYPE x"), new JedisDataException("LOADING x")),
                        "answered"),
                row(
                        "Lettuce: discarded because of memory",
                        new RedisCommandExecutionException("EXECABORT Transaction discarded because of: " + FULL),
                        "transient"),
                row(
                        "Lettuce: discarded, who knows why",
                        new RedisCommandExecutionException(
                                "EXECABORT Transaction discarded because of previous errors."),
                        "answered"));
    }

    private static Stream<Row> redisson() {
        return Stream.of(
                row("Redisson: batch, out of memory", inBatch(new RedisOutOfMemoryException("x")), "unknown-effect"),
                row("Redisson: batch, a replica", inBatch(new RedisReadonlyException("READONLY x")), "unknown-effect"),
                row("Redisson: batch, loading", inBatch(new RedisLoadingException("LOADING x")), "unknown-effect"),
                row(
                        "Redisson: batch, replicas",
                        inBatch(new RedisNoReplicasException("NOREPLICAS x")),
                        "unknown-effect"),
                row("Redisson: batch, busy", inBatch(new RedisBusyException("BUSY x")), "unknown-effect"),
                row("Redisson: batch, a wrong type", inBatch(new RedisException("WRONGTYPE x")), "answered"),
                row(
                        "Redisson: discarded",
                        new RedisException("EXECABORT Transaction discarded because of: " + FULL),
                        "transient"),
                row("Redisson: timeout, it repeats", timeout("false"), "transient"),
                row("Redisson: timeout, it doesn't repeat", timeout("true"), "unknown-effect"));
    }

    private static Throwable timeout(String doesNotRepeat) {
        return new RedisResponseTimeoutException(
                "Redis server response timeout (500 ms) occured after 1 of 1 retry attempts, is non-idempotent command: "
                        + doesNotRepeat + " Check connection with Redis node");
    }

    private static Throwable aborted(String reason) {
        return suppressing(
                new JedisDataException("EXECABORT Transaction discarded because of previous errors."),
                new JedisDataException(reason));
    }

    private static Throwable suppressing(Throwable failure, Throwable other) {
        failure.addSuppressed(other);
        return failure;
    }

    private static Throwable inPipeline(Throwable failure) {
        return thrownIn(failure, "redis.clients.jedis.Pipeline", "sync");
    }

    private static Throwable inBatch(Throwable failure) {
        return thrownIn(failure, "org.redisson.client.handler.CommandDecoder", "decodeCommandBatch");
    }

    private static Throwable thrownIn(Throwable failure, String type, String method) {
        failure.setStackTrace(new StackTraceElement[] {new StackTraceElement(type, method, null, 1)});
        return failure;
    }

    private static <T> T full(int port, Callable<T> call) {
        admin(port, jedis -> jedis.configSet("maxmemory", "1"));
        try {
            return call(call);
        } finally {
            admin(port, jedis -> jedis.configSet("maxmemory", "0"));
        }
    }

    private static void kill(int port, long id) {
        admin(port, jedis -> jedis.sendCommand(() -> "CLIENT".getBytes(), "KILL", "ID", Long.toString(id)));
    }

    private static void admin(int port, Consumer<Jedis> call) {
        try (Jedis jedis = new Jedis("127.0.0.1", port)) {
            call.accept(jedis);
        }
    }

    private static <T> T call(Callable<T> call) {
        try {
            return call.call();
        } catch (RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }
}
