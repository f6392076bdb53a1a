package dev.retrykit.failures;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisClientConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.util.FileSystemUtils;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.embedded.RedisServer;

/** Calls real Redis servers through its clients, and keeps what failed. */
abstract class RedisCalls extends BookTests {

    static final Duration SHORT = Duration.ofMillis(150);
    private static final Duration LONG = Duration.ofSeconds(20);

    private final ClientResources resources = DefaultClientResources.create();
    private final List<Row> found = new ArrayList<>();

    final Stream<Row> rowsFound() {
        resources.shutdown(0, 0, TimeUnit.SECONDS);
        return found.stream();
    }

    void onLettuce(int port, String name, String expected, Consumer<RedisCommands<String, String>> call) {
        onLettuce(uri(port).build(), name, expected, call);
    }

    void onLettuce(RedisURI uri, String name, String expected, Consumer<RedisCommands<String, String>> call) {
        RedisClient client = RedisClient.create(resources, uri);
        client.setOptions(ClientOptions.builder().autoReconnect(false).build());
        add("Lettuce: " + name, expected, () -> {
            try (StatefulRedisConnection<String, String> connection = client.connect()) {
                call.accept(connection.sync());
            }
        });
        client.shutdown(Duration.ZERO, Duration.ZERO);
    }

    static RedisURI.Builder uri(int port) {
        return RedisURI.builder().withHost("127.0.0.1").withPort(port).withTimeout(LONG);
    }

    void onJedis(int port, String name, String expected, Consumer<Jedis> call) {
        onJedis(port, LONG, name, expected, call);
    }

    void onJedis(int port, Duration blocking, String name, String expected, Consumer<Jedis> call) {
        DefaultJedisClientConfig config = DefaultJedisClientConfig.builder()
                .timeoutMillis((int) LONG.toMillis())
                .blockingSocketTimeoutMillis((int) blocking.toMillis())
                .build();
        add("Jedis: " + name, expected, () -> {
            try (Jedis jedis = new Jedis(new HostAndPort("127.0.0.1", port), config)) {
                call.accept(jedis);
            }
        });
    }

    /** Through both drivers. */
    void onSpring(int port, String name, String expected, Consumer<StringRedisTemplate> call) {
        onSpringLettuce(port, LONG, name, expected, call);
        JedisConnectionFactory jedis = new JedisConnectionFactory(
                new RedisStandaloneConfiguration("127.0.0.1", port),
                JedisClientConfiguration.builder().readTimeout(LONG).build());
        jedis.afterPropertiesSet();
        jedis.start();
        addSpring("Spring, Jedis: " + name, expected, jedis, call);
        jedis.destroy();
    }

    void onSpringLettuce(int port, Duration timeout, String name, String expected, Consumer<StringRedisTemplate> call) {
        LettuceConnectionFactory lettuce = new LettuceConnectionFactory(
                new RedisStandaloneConfiguration("127.0.0.1", port),
                LettuceClientConfiguration.builder()
                        .clientResources(resources)
                        .commandTimeout(timeout)
                        .shutdownTimeout(Duration.ZERO)
                        .build());
        lettuce.afterPropertiesSet();
        lettuce.start();
        addSpring("Spring, Lettuce: " + name, expected, lettuce, call);
        lettuce.destroy();
    }

    void addSpring(String name, String expected, RedisConnectionFactory factory, Consumer<StringRedisTemplate> call) {
        add(name, expected, () -> call.accept(new StringRedisTemplate(factory)));
    }

    final void add(String name, String expected, Runnable call) {
        try {
            call.run();
            found.add(row(name, new AssertionError("nothing failed"), expected));
        } catch (RuntimeException failure) {
            found.add(row(name, failure, expected));
        }
    }

    static void with(List<String> settings, Consumer<Integer> calls) throws IOException {
        int port = MongoTests.freePort();
        Path directory = Files.createTempDirectory("redis");
        var builder = RedisServer.newRedisServer()
                .port(port)
                .setting("bind 127.0.0.1")
                .setting("save \"\"");
        builder.setting("dir " + directory);
        settings.forEach(builder::setting);
        RedisServer server = builder.build();
        server.start();
        try {
            calls.accept(port);
        } finally {
            server.stop();
            FileSystemUtils.deleteRecursively(directory);
        }
    }
}
