package dev.retrykit.failures;

import static dev.retrykit.failures.StoreRows.all;
import static dev.retrykit.failures.StoreRows.each;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.stream.Stream;
import org.redisson.RedissonShutdownException;
import org.redisson.client.RedisAskException;
import org.redisson.client.RedisAuthRequiredException;
import org.redisson.client.RedisBusyException;
import org.redisson.client.RedisClusterDownException;
import org.redisson.client.RedisConnectionException;
import org.redisson.client.RedisException;
import org.redisson.client.RedisLoadingException;
import org.redisson.client.RedisMasterDownException;
import org.redisson.client.RedisMovedException;
import org.redisson.client.RedisNoReplicasException;
import org.redisson.client.RedisNoScriptException;
import org.redisson.client.RedisNodeNotFoundException;
import org.redisson.client.RedisOutOfMemoryException;
import org.redisson.client.RedisReadonlyException;
import org.redisson.client.RedisReconnectedException;
import org.redisson.client.RedisResponseTimeoutException;
import org.redisson.client.RedisTimeoutException;
import org.redisson.client.RedisTryAgainException;
import org.redisson.client.RedisWaitException;
import org.redisson.client.RedisWrongPasswordException;
import org.redisson.client.WriteRedisConnectionException;
import org.redisson.command.NoSyncedSlavesException;
import org.redisson.misc.RedisURI;
import org.redisson.remote.RemoteServiceAckTimeoutException;
import org.redisson.remote.RemoteServiceTimeoutException;
import org.redisson.transaction.TransactionException;
import org.redisson.transaction.TransactionTimeoutException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.ClusterRedirectException;
import org.springframework.data.redis.ClusterStateFailureException;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.RedisSystemException;
import org.springframework.data.redis.TooManyClusterRedirectionsException;
import org.springframework.data.redis.connection.ClusterCommandExecutionFailureException;
import org.springframework.data.redis.connection.PoolException;
import org.springframework.data.redis.connection.RedisInvalidSubscriptionException;
import org.springframework.data.redis.connection.RedisPipelineException;
import org.springframework.data.redis.connection.RedisSubscribedConnectionException;
import org.springframework.data.redis.connection.jedis.JedisExceptionConverter;
import org.springframework.data.redis.connection.lettuce.LettuceExceptionConverter;
import org.springframework.data.redis.core.script.ScriptingException;
import org.springframework.data.redis.listener.adapter.RedisListenerExecutionFailedException;
import org.springframework.data.redis.serializer.SerializationException;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisClusterOperationException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisMovedDataException;

/** What failures of Redisson and of Spring Data Redis mean. */
class RedisFamilyTests extends BookTests {

    private static final String REDISSON = "Redisson";
    private static final String SPRING = "Spring Data Redis";

    static Stream<Row> rows() {
        return all(redisson(), replies(), translated(), spring());
    }

    private static Stream<Row> redisson() {
        RedisURI uri = new RedisURI("redis://127.0.0.1:6379");
        return all(
                each(
                        REDISSON,
                        "transient",
                        new RedisTimeoutException("Unable to acquire connection!"),
                        new RedisResponseTimeoutException(
                                "Redis server response timeout (3000 ms) occured after 3 retry attempts"),
                        new RedisConnectionException("Unable to connect to Redis server"),
                        new WriteRedisConnectionException("Unable to write command into connection!"),
                        new RedisReconnectedException("x"),
                        new RedisReadonlyException("READONLY x"),
                        new RedisOutOfMemoryException("command not allowed"),
                        new RedisNodeNotFoundException("Node hasn't been discovered yet"),
                        new RedisLoadingException("LOADING x"),
                        new RedisClusterDownException("CLUSTERDOWN x"),
                        new RedisMasterDownException("MASTERDOWN x"),
                        new RedisTryAgainException("TRYAGAIN x"),
                        new RedisNoReplicasException("NOREPLICAS x"),
                        new RedisWaitException("WAIT x"),
                        new RedisBusyException("BUSY Redis is busy running a script"),
                        new RedisMovedException(1, uri),
                        new RedisAskException(1, uri),
                        new RedisException("Connection to x is not active!"),
                        new RedisException("MOVED redirection loop detected."),
                        new RedisException("Failed to add master: x"),
                        new RedisException(
                                "Unexpected exception while processing command", new IOException("Broken pipe"))),
                each(
                        REDISSON,
                        "neutral",
                        new RedisAuthRequiredException("NOAUTH x"),
                        new RedisWrongPasswordException("WRONGPASS x"),
                        new RedissonShutdownException("Redisson is shutdown"),
                        new RedisConnectionException(
                                "Unable to connect", new RedisWrongPasswordException("WRONGPASS x"))),
                each(
                        REDISSON,
                        "answered",
                        new RedisNoScriptException("NOSCRIPT x"),
                        new RedisBusyException("BUSYGROUP Consumer Group name already exists"),
                        new RedisBusyException("BUSYKEY Target key name already exists")),
                each(
                        REDISSON,
                        "unknown-effect",
                        new NoSyncedSlavesException("None of slaves were synced"),
                        new TransactionTimeoutException("Unable to execute transaction within 5 seconds"),
                        new TransactionException("Unable to execute transaction", new RedisTimeoutException("x")),
                        new RemoteServiceAckTimeoutException("No ACK response after 1 seconds"),
                        new RemoteServiceTimeoutException("No response after 1 seconds")),
                each(REDISSON, "unknown", new RedisException("Channel x is not registered")));
    }

    /** Redisson appends its own words. IOERR and DENIED have no type of their own there. */
    private static Stream<Row> replies() {
        return RedisTests.REPLIES.stream()
                .filter(reply -> !reply[0].equals("unknown-effect"))
                .map(reply -> row(
                        "Redisson: " + reply[1], new RedisException(reply[1] + ". channel: x command: y"), reply[0]));
    }

    private static Stream<Row> translated() {
        return Stream.of(
                row("Lettuce: LOADING", lettuce(new RedisCommandExecutionException("LOADING x")), "transient"),
                row("Lettuce: WRONGTYPE", lettuce(new RedisCommandExecutionException("WRONGTYPE x")), "answered"),
                row("Lettuce: timeout", lettuce(new RedisCommandTimeoutException("x")), "transient"),
                row("Lettuce: closed", lettuce(new io.lettuce.core.RedisException("Connection closed")), "transient"),
                row(
                        "Lettuce: interrupted",
                        lettuce(new io.lettuce.core.RedisCommandInterruptedException(new InterruptedException())),
                        "interrupted"),
                row("Lettuce: refused", lettuce(new io.lettuce.core.RedisConnectionException("x")), "transient"),
                row(
                        "Lettuce: wrong password",
                        lettuce(new io.lettuce.core.RedisConnectionException("x", denied())),
                        "neutral"),
                row("Jedis: LOADING", jedis(new JedisDataException("LOADING x")), "transient"),
                row("Jedis: READONLY", jedis(new JedisDataException("READONLY x")), "transient"),
                row("Jedis: WRONGTYPE", jedis(new JedisDataException("WRONGTYPE x")), "answered"),
                row("Jedis: NOPERM", jedis(new JedisAccessControlException("NOPERM x")), "neutral"),
                row("Jedis: lost", jedis(new JedisConnectionException("x")), "transient"),
                row(
                        "Jedis: redirected",
                        jedis(new JedisMovedDataException("x", new HostAndPort("h", 1), 1)),
                        "transient"),
                row(
                        "Jedis: redirected often",
                        jedis(new JedisClusterOperationException("No more cluster attempts left.")),
                        "transient"));
    }

    private static Stream<Row> spring() {
        ConnectException refused = new ConnectException("Connection refused");
        JedisDataException answer = new JedisDataException("WRONGTYPE x");
        return all(
                each(
                        SPRING,
                        "transient",
                        new RedisConnectionFailureException("x"),
                        new RedisConnectionFailureException("x", refused),
                        new RedisSystemException("x", refused),
                        new QueryTimeoutException("x", new RedisCommandTimeoutException()),
                        new ClusterStateFailureException("x"),
                        new ClusterRedirectException(1, "h", 1, null),
                        new TooManyClusterRedirectionsException("x"),
                        new ClusterCommandExecutionFailureException(List.of(new JedisConnectionException("x"))),
                        new PoolException("x"),
                        new PoolException("x", new JedisConnectionException("x")),
                        new RedisListenerExecutionFailedException("x", refused),
                        new ScriptingException("x", refused)),
                each(
                        SPRING,
                        "answered",
                        new RedisSystemException("x", answer),
                        new ClusterCommandExecutionFailureException(List.of(new JedisConnectionException("x"), answer)),
                        new ScriptingException("x", answer)),
                each(
                        SPRING,
                        "permanent",
                        new RedisSystemException("x", null),
                        new ClusterCommandExecutionFailureException(List.of(new IllegalStateException()))),
                each(
                        SPRING,
                        "neutral",
                        new RedisConnectionFailureException("x", denied()),
                        new ClusterStateFailureException("x", denied()),
                        new RedisSubscribedConnectionException("x"),
                        new RedisInvalidSubscriptionException("x"),
                        new RedisListenerExecutionFailedException("x"),
                        new ScriptingException("x"),
                        new SerializationException("x")),
                each(
                        SPRING,
                        "unknown-effect",
                        new RedisPipelineException("x", List.of()),
                        new RedisPipelineException(new RedisCommandExecutionException("WRONGTYPE x")),
                        new RedisPipelineException("x", refused, List.of("OK"))));
    }

    private static Throwable lettuce(Exception failure) {
        return new LettuceExceptionConverter().convert(failure);
    }

    private static Throwable jedis(Exception failure) {
        return new JedisExceptionConverter().convert(failure);
    }

    private static RedisCommandExecutionException denied() {
        return new RedisCommandExecutionException("WRONGPASS invalid username-password pair");
    }
}
