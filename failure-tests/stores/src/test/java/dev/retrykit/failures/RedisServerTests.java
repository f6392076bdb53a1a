package dev.retrykit.failures;

import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.springframework.data.redis.core.RedisCallback;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Transaction;

/** What the failures of real Redis servers mean, as Lettuce, Jedis and Spring Data Redis report them. */
class RedisServerTests extends RedisCalls {

    static Stream<Row> rows() throws IOException {
        RedisServerTests tests = new RedisServerTests();
        tests.collect();
        return tests.rowsFound();
    }

    private void collect() throws IOException {
        with(List.of("lua-time-limit 1"), this::plain);
        with(List.of("replicaof 127.0.0.1 " + MongoTests.freePort()), port -> {
            onLettuce(port, "replica", "transient", redis -> redis.set("k", "v"));
            onJedis(port, "replica", "transient", jedis -> jedis.set("k", "v"));
            onSpring(port, "replica", "transient", redis -> redis.opsForValue().set("k", "v"));
        });
        with(List.of("replicaof 127.0.0.1 " + MongoTests.freePort(), "replica-serve-stale-data no"), port -> {
            onLettuce(port, "replica without master", "transient", redis -> redis.get("k"));
            onJedis(port, "replica without master", "transient", jedis -> jedis.get("k"));
        });
        with(List.of("requirepass secret"), this::passwords);
        with(List.of("cluster-enabled yes"), port -> {
            onLettuce(port, "cluster without slots", "transient", redis -> redis.get("k"));
            onJedis(port, "cluster without slots", "transient", jedis -> jedis.get("k"));
        });
        int closed = MongoTests.freePort();
        onLettuce(closed, "nothing listens", "transient", RedisCommands::ping);
        onJedis(closed, "nothing listens", "transient", Jedis::ping);
        onSpring(
                closed,
                "nothing listens",
                "transient",
                redis -> redis.opsForValue().get("k"));
    }

    private void plain(int port) {
        onLettuce(port, "wrong type", "answered", redis -> {
            redis.set("text", "v");
            redis.lpush("text", "x");
        });
        onLettuce(port, "no script", "answered", redis -> redis.evalsha("ab", ScriptOutputType.VALUE));
        onLettuce(port, "group exists", "answered", redis -> {
            redis.xadd("stream", "a", "b");
            redis.xgroupCreate(StreamOffset.from("stream", "0"), "g");
            redis.xgroupCreate(StreamOffset.from("stream", "0"), "g");
        });
        onLettuce(uri(port).withTimeout(SHORT).build(), "timeout", "transient", redis -> redis.blpop(2, "nothing"));
        onJedis(port, "wrong type", "answered", jedis -> jedis.lpush("text", "x"));
        onJedis(port, "no script", "answered", jedis -> jedis.evalsha("ab"));
        onJedis(port, SHORT, "timeout", "transient", jedis -> jedis.blpop(2, "nothing"));
        onJedis(port, "discarded transaction", "answered", jedis -> {
            Transaction transaction = jedis.multi();
            transaction.sendCommand(() -> "NOSUCH".getBytes(), new byte[0]);
            transaction.exec();
        });
        onSpring(port, "wrong type", "answered", redis -> redis.opsForList().leftPush("text", "x"));
        onSpringLettuce(
                port,
                SHORT,
                "timeout",
                "transient",
                redis -> redis.opsForList().leftPop("nothing", Duration.ofSeconds(2)));
        onSpring(
                port,
                "a pipeline with a wrong type",
                "unknown-effect",
                redis -> redis.executePipelined((RedisCallback<Object>) connection -> {
                    connection.stringCommands().set("a".getBytes(), "b".getBytes());
                    connection.listCommands().lPush("text".getBytes(), "x".getBytes());
                    return null;
                }));
        lost(port);
        pool(port);
        refusals(port);
        busy(port);
    }

    /** The server closes the connection on which a command waits. */
    private void lost(int port) {
        onJedis(port, "killed", "transient", jedis -> {
            long id = jedis.clientId();
            killWhenBlocked(port, id);
            jedis.blpop(15, "nothing");
        });
        onLettuce(port, "killed", "transient", redis -> {
            long id = redis.clientId();
            killWhenBlocked(port, id);
            redis.blpop(15, "nothing");
        });
    }

    private static void killWhenBlocked(int port, long id) {
        CompletableFuture.runAsync(() -> {
            try (Jedis other = new Jedis("127.0.0.1", port)) {
                while (!other.info("clients").contains("blocked_clients:1")) {
                    Thread.onSpinWait();
                }
                other.sendCommand(() -> "CLIENT".getBytes(), "KILL", "ID", Long.toString(id));
            }
        });
    }

    private void pool(int port) {
        ConnectionPoolConfig one = new ConnectionPoolConfig();
        one.setMaxTotal(1);
        one.setMaxWait(Duration.ofMillis(50));
        one.setJmxEnabled(false);
        JedisClientConfig config = DefaultJedisClientConfig.builder().build();
        try (ConnectionPool pool = new ConnectionPool(new HostAndPort("127.0.0.1", port), config, one);
                Connection taken = pool.getResource()) {
            add("Jedis: its pool is empty", "transient", pool::getResource);
            taken.ping();
        }
    }

    private void refusals(int port) {
        try (Jedis admin = new Jedis("127.0.0.1", port)) {
            admin.configSet("maxmemory", "1");
            onLettuce(port, "out of memory", "transient", redis -> redis.set("k", "v"));
            onJedis(port, "out of memory", "transient", jedis -> jedis.set("k", "v"));
            admin.configSet("maxmemory", "0");
            admin.configSet("min-replicas-to-write", "1");
            onLettuce(port, "too few replicas", "transient", redis -> redis.set("k", "v"));
            onSpring(
                    port,
                    "too few replicas",
                    "transient",
                    redis -> redis.opsForValue().set("k", "v"));
            admin.configSet("min-replicas-to-write", "0");
        }
    }

    private void busy(int port) {
        CompletableFuture<Void> script = CompletableFuture.runAsync(() -> {
            try (Jedis jedis = new Jedis("127.0.0.1", port)) {
                jedis.eval("while true do end");
            } catch (RuntimeException killed) {
                // as it should be
            }
        });
        try (Jedis jedis = new Jedis("127.0.0.1", port)) {
            add("Jedis: a script runs", "transient", () -> {
                while (true) {
                    jedis.get("k");
                }
            });
            onLettuce(port, "a script runs", "transient", redis -> redis.get("k"));
            onSpring(
                    port,
                    "a script runs",
                    "transient",
                    redis -> redis.opsForValue().get("k"));
            jedis.scriptKill();
        }
        script.join();
    }

    private void passwords(int port) {
        onLettuce(port, "no password", "neutral", redis -> redis.get("k"));
        onJedis(port, "no password", "neutral", jedis -> jedis.get("k"));
        onSpring(port, "no password", "neutral", redis -> redis.opsForValue().get("k"));
        onJedis(port, "wrong password", "neutral", jedis -> jedis.auth("other"));
        RedisURI other = uri(port).withPassword("other".toCharArray()).build();
        onLettuce(other, "wrong password", "neutral", RedisCommands::ping);
    }
}
