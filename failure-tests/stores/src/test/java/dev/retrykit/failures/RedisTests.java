package dev.retrykit.failures;

import static dev.retrykit.failures.StoreRows.all;
import static dev.retrykit.failures.StoreRows.each;

import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandInterruptedException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisLoadingException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisReadOnlyException;
import io.lettuce.core.cluster.PartitionException;
import io.lettuce.core.cluster.PartitionSelectorException;
import io.lettuce.core.cluster.models.partitions.Partitions;
import io.lettuce.core.dynamic.CommandCreationException;
import io.lettuce.core.dynamic.batch.BatchException;
import io.lettuce.core.failover.api.RedisCircuitBreakerException;
import io.lettuce.core.failover.api.RedisNoHealthyDatabaseException;
import io.lettuce.core.json.RedisJsonException;
import io.lettuce.core.protocol.RedisProtocolException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.authentication.JedisAuthenticationException;
import redis.clients.jedis.exceptions.InvalidURIException;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisAskDataException;
import redis.clients.jedis.exceptions.JedisBroadcastException;
import redis.clients.jedis.exceptions.JedisBusyException;
import redis.clients.jedis.exceptions.JedisCacheException;
import redis.clients.jedis.exceptions.JedisClusterException;
import redis.clients.jedis.exceptions.JedisClusterOperationException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisMovedDataException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.exceptions.JedisValidationException;
import redis.clients.jedis.mcf.ConnectionFailoverException;
import redis.clients.jedis.mcf.JedisFailoverException;

/** What failures of Redis's clients mean, by type and by the first word of the server's reply. */
class RedisTests extends BookTests {

    private static final HostAndPort NODE = new HostAndPort("redis.example.org", 6379);

    /** Replies of Redis, and what they mean to all of its clients. */
    static final List<String[]> REPLIES = List.of(
            reply("transient", "LOADING Redis is loading the dataset in memory"),
            reply("transient", "CLUSTERDOWN The cluster is down"),
            reply("transient", "TRYAGAIN Multiple keys request during rehashing of slot"),
            reply("transient", "MASTERDOWN Link with MASTER is down"),
            reply("transient", "READONLY You can't write against a read only replica."),
            reply("transient", "BUSY Redis is busy running a script."),
            reply("transient", "NOREPLICAS Not enough good replicas to write."),
            reply("transient", "MOVED 3999 127.0.0.1:6381"),
            reply("transient", "ASK 3999 127.0.0.1:6381"),
            reply("transient", "REDIRECT 127.0.0.1:6381"),
            reply("transient", "UNBLOCKED force unblock from blocking operation"),
            reply("transient", "OOM command not allowed when used memory > 'maxmemory'."),
            reply("neutral", "NOAUTH Authentication required."),
            reply("neutral", "WRONGPASS invalid username-password pair"),
            reply("neutral", "NOPERM this user has no permissions to run the 'set' command"),
            reply("neutral", "DENIED Redis is running in protected mode"),
            reply("permanent", "MISCONF Redis is configured to save RDB snapshots"),
            reply("unknown-effect", "IOERR error or timeout reading to target instance"),
            reply("throttled", "ERR max number of clients reached"),
            reply("throttled", "ERR max requests limit exceeded. Limit: 500000, Usage: 500000."),
            reply("throttled", "ERR max daily request limit exceeded. Limit: 10000, Usage: 10000."),
            reply("throttled", "ERR max concurrent connections exceeded"),
            reply("throttled", "ERR max number of clients + cluster connections reached"),
            reply("answered", "ERR unknown command 'x'"),
            reply("answered", "WRONGTYPE Operation against a key holding the wrong kind of value"),
            reply("answered", "NOSCRIPT No matching script. Please use EVAL."),
            reply("answered", "EXECABORT Transaction discarded because of previous errors."),
            reply(
                    "transient",
                    "EXECABORT Transaction discarded because of: READONLY You can't write against a read only replica."),
            reply("answered", "EXECABORT Transaction discarded because of: ERR unknown command"),
            reply("answered", "CROSSSLOT Keys in request don't hash to the same slot"),
            reply("answered", "BUSYGROUP Consumer Group name already exists"),
            reply("answered", "BUSYKEY Target key name already exists."),
            reply("answered", "NOGROUP No such key 's' or consumer group 'g'"),
            reply("answered", "ERR user_script:1: LOADING READONLY"));

    static Stream<Row> rows() {
        return all(replies(), lettuce(), connections(), jedis(), jedisOthers());
    }

    static String[] reply(String expected, String text) {
        return new String[] {expected, text};
    }

    private static Stream<Row> replies() {
        return REPLIES.stream()
                .flatMap(reply -> Stream.of(
                        row("Lettuce: " + reply[1], new RedisCommandExecutionException(reply[1]), reply[0]),
                        row("Jedis: " + reply[1], new JedisDataException(reply[1]), reply[0])));
    }

    private static Stream<Row> lettuce() {
        return Stream.of(
                row("Lettuce: loading", new RedisLoadingException("LOADING Redis is loading"), "transient"),
                row("Lettuce: read only", new RedisReadOnlyException("READONLY You can't write"), "transient"),
                row("Lettuce: a script runs", new RedisBusyException("BUSY Redis is busy"), "transient"),
                row(
                        "Lettuce: BUSYGROUP is of the same type",
                        new RedisBusyException("BUSYGROUP Consumer Group"),
                        "answered"),
                row("Lettuce: BUSYKEY too", new RedisBusyException("BUSYKEY Target key"), "answered"),
                row("Lettuce: no script", new RedisNoScriptException("NOSCRIPT No matching script"), "answered"),
                row(
                        "Lettuce: timeout",
                        new RedisCommandTimeoutException("Command timed out after 1 second(s)"),
                        "transient"),
                row(
                        "Lettuce: timeout, future",
                        new ExecutionException(new RedisCommandTimeoutException()),
                        "transient"),
                row(
                        "Lettuce: interrupted",
                        new RedisCommandInterruptedException(new InterruptedException()),
                        "interrupted"),
                row("Lettuce: interrupted, they say", new RedisCommandInterruptedException(null), "neutral"),
                row("Lettuce: a part of a batch", new BatchException(List.of()), "unknown-effect"),
                row("Lettuce: odd reply", new RedisProtocolException("x"), "permanent"),
                row("Lettuce: no JSON", new RedisJsonException("x"), "neutral"),
                row("Lettuce: no command", new CommandCreationException(null, "x"), "neutral"),
                row("Lettuce: all databases ill", new RedisNoHealthyDatabaseException("x"), "transient"),
                row("Lettuce: its circuit is open", new RedisCircuitBreakerException(), "neutral"),
                row(
                        "Lettuce: no partition",
                        new PartitionSelectorException("Cannot determine a partition", new Partitions()),
                        "transient"),
                row("Lettuce: partitions, no right", new PartitionException("x", denied()), "neutral"));
    }

    private static Stream<Row> connections() {
        RedisConnectionException refused = new RedisConnectionException("Unable to connect to x", new IOException("x"));
        return all(
                each(
                        "Lettuce",
                        "transient",
                        refused,
                        new RedisException("Connection closed"),
                        new RedisException("Connection is closed"),
                        new RedisException("Connection disconnected"),
                        new RedisException("Currently not connected. Commands are rejected."),
                        new RedisException("Cannot obtain initial Redis Cluster topology"),
                        new RedisException("Cannot attach to Redis Sentinel for topology refresh"),
                        new RedisException("No partition for slot 7"),
                        new RedisException("No available nodes for a scan"),
                        new RedisException("x", new RedisCommandExecutionException("CLUSTERDOWN x")),
                        new RedisException(new IOException("Connection reset by peer")),
                        new RedisConnectionException("Unable to connect to x", new RedisLoadingException("LOADING x"))),
                each(
                        "Lettuce",
                        "neutral",
                        new RedisException("Request queue size exceeded: 5. Commands are not accepted until it drops."),
                        new RedisException("Command buffer size exceeded: 5."),
                        new RedisException("Connection is deallocated and cannot be used anymore."),
                        new RedisConnectionException("Unable to connect to x", denied())),
                each("Lettuce", "throttled", new RedisConnectionException("x", clients())),
                each("Lettuce", "answered", new RedisException("x", new RedisCommandExecutionException("ERR x"))),
                each("Lettuce", "unknown", new RedisException("NodeId x does not belong to the cluster")));
    }

    private static Stream<Row> jedis() {
        JedisConnectionException lost = new JedisConnectionException("Unexpected end of stream.");
        return all(
                each(
                        "Jedis",
                        "transient",
                        lost,
                        new JedisConnectionException(new SocketTimeoutException("Read timed out")),
                        new JedisConnectionException("Failed to connect to x"),
                        new JedisBusyException("BUSY Redis is busy running a script."),
                        new JedisClusterException("CLUSTERDOWN The cluster is down"),
                        new JedisMovedDataException("3999 127.0.0.1:6381", NODE, 3999),
                        new JedisAskDataException("3999 127.0.0.1:6381", NODE, 3999),
                        new JedisClusterOperationException("No reachable node in cluster."),
                        new JedisClusterOperationException("No more cluster attempts left."),
                        new JedisClusterOperationException("Cluster retry deadline exceeded.", lost),
                        new JedisException(
                                "Could not get a resource from the pool", new java.util.NoSuchElementException()),
                        new JedisException("No more attempts left."),
                        new JedisException("Retry deadline exceeded."),
                        new ConnectionFailoverException("x", lost),
                        new JedisFailoverException.JedisTemporarilyNotAvailableException(),
                        new JedisAuthenticationException("no token", lost)),
                each(
                        "Jedis",
                        "neutral",
                        new JedisAccessControlException("WRONGPASS invalid username-password pair"),
                        new JedisClusterOperationException("Keys must belong to same hashslot."),
                        new JedisClusterOperationException(
                                "No way to dispatch this command to Redis Cluster because keys have different slots."),
                        new JedisException(
                                "Could not get a resource from the pool", new JedisAccessControlException("NOAUTH x")),
                        new JedisAuthenticationException("no token"),
                        new JedisValidationException("x"),
                        new JedisCacheException("x"),
                        new InvalidURIException("x")),
                each("Jedis", "answered", new JedisNoScriptException("NOSCRIPT No matching script.")),
                each("Jedis", "permanent", new JedisFailoverException.JedisPermanentlyNotAvailableException()),
                each("Jedis", "unknown", new JedisException("Could not destroy the pool")));
    }

    private static Stream<Row> jedisOthers() {
        return Stream.of(
                row("Jedis: to all nodes, one failed", broadcast(new JedisConnectionException("x")), "transient"),
                row("Jedis: to all nodes, one refused", broadcast(new JedisDataException("ERR x")), "answered"),
                row("Jedis: to all nodes", broadcast("OK"), "unknown-effect"),
                row("Jedis: wrapped", new RuntimeException(new JedisDataException("READONLY x")), "transient"));
    }

    private static Throwable broadcast(Object reply) {
        JedisBroadcastException failure = new JedisBroadcastException();
        failure.addReply(NODE, "OK");
        failure.addReply(new HostAndPort("other.example.org", 6379), reply);
        return failure;
    }

    private static RedisCommandExecutionException denied() {
        return new RedisCommandExecutionException("WRONGPASS invalid username-password pair");
    }

    private static RedisCommandExecutionException clients() {
        return new RedisCommandExecutionException("ERR max number of clients reached");
    }
}
