package dev.retrykit.failures;

import com.datastax.driver.core.Cluster;
import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.mongodb.client.MongoClients;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import net.rubyeye.xmemcached.XMemcachedClientBuilder;
import net.spy.memcached.MemcachedClient;
import org.apache.commons.pool2.BasePooledObjectFactory;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.apache.commons.pool2.impl.GenericObjectPool;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.neo4j.driver.Driver;
import org.neo4j.driver.GraphDatabase;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import reactor.core.publisher.Mono;
import redis.clients.jedis.JedisPool;

/** Clients that the application itself has closed, and pools without a free object. */
class ClosedClientsTests extends BookTests {

    private static final InetSocketAddress CLOSED_PORT = new InetSocketAddress("127.0.0.1", 1);

    static Stream<Row> rows() {
        return StoreRows.all(closed(), memcached(), springs(), pools());
    }

    private static Stream<Row> closed() {
        return Stream.of(
                row("MongoDB: closed", failureOf(ClosedClientsTests::mongo), "neutral"),
                row("MongoDB: closed, reactive", failureOf(ClosedClientsTests::reactiveMongo), "neutral"),
                row("Neo4j: closed", failureOf(ClosedClientsTests::neo4j), "neutral"),
                row("Cassandra 3: closed", failureOf(ClosedClientsTests::cassandra), "neutral"),
                row("Lettuce: shut down", failureOf(ClosedClientsTests::lettuce), "neutral"),
                row("Hazelcast: no cluster", failureOf(ClosedClientsTests::hazelcast), "transient"),
                row("a state of the application", new IllegalStateException("state should be: open"), "unknown"));
    }

    private static Object mongo() {
        var client = MongoClients.create("mongodb://127.0.0.1:1");
        client.close();
        return client.getDatabase("d").getCollection("c").find().first();
    }

    private static Object reactiveMongo() {
        var client = com.mongodb.reactivestreams.client.MongoClients.create("mongodb://127.0.0.1:1");
        client.close();
        return Mono.from(client.getDatabase("d").getCollection("c").find().first())
                .block();
    }

    private static Object neo4j() {
        Driver driver = GraphDatabase.driver("bolt://127.0.0.1:1");
        driver.close();
        return driver.session();
    }

    private static Object cassandra() {
        Cluster cluster =
                Cluster.builder().addContactPointsWithPorts(CLOSED_PORT).build();
        cluster.close();
        return cluster.connect();
    }

    private static Object lettuce() {
        RedisClient client = RedisClient.create("redis://127.0.0.1:1");
        client.shutdown(Duration.ZERO, Duration.ZERO);
        return client.connect();
    }

    private static Object hazelcast() {
        ClientConfig config = new ClientConfig();
        config.getNetworkConfig().addAddress("127.0.0.1:1");
        config.getConnectionStrategyConfig().getConnectionRetryConfig().setClusterConnectTimeoutMillis(1);
        return HazelcastClient.newHazelcastClient(config);
    }

    private static Stream<Row> memcached() {
        return Stream.of(
                row("Spymemcached: shut down", failureOf(ClosedClientsTests::spymemcached), "neutral"),
                row("Xmemcached: stopped", failureOf(ClosedClientsTests::xmemcached), "neutral"));
    }

    private static Object spymemcached() throws IOException {
        MemcachedClient client = new MemcachedClient(CLOSED_PORT);
        client.shutdown();
        return client.get("k");
    }

    private static Object xmemcached() throws Exception {
        var client = new XMemcachedClientBuilder("127.0.0.1:1").build();
        client.shutdown();
        return client.get("k");
    }

    private static Stream<Row> springs() {
        LettuceConnectionFactory lettuce = new LettuceConnectionFactory("127.0.0.1", 1);
        lettuce.afterPropertiesSet();
        lettuce.start();
        lettuce.stop();
        JedisConnectionFactory jedis = new JedisConnectionFactory();
        jedis.afterPropertiesSet();
        jedis.start();
        jedis.stop();
        Row stopped = row("Spring Data Redis, Lettuce: stopped", failureOf(() -> get(lettuce)), "neutral");
        lettuce.destroy();
        return Stream.of(
                stopped,
                row("Spring Data Redis, Lettuce: destroyed", failureOf(() -> get(lettuce)), "neutral"),
                row("Spring Data Redis, Jedis: stopped", failureOf(() -> get(jedis)), "neutral"));
    }

    private static Object get(RedisConnectionFactory factory) {
        return new StringRedisTemplate(factory).opsForValue().get("k");
    }

    private static Stream<Row> pools() {
        return Stream.of(
                row("Jedis: closed pool", failureOf(ClosedClientsTests::closedPool), "neutral"),
                row("Commons Pool: exhausted", failureOf(ClosedClientsTests::exhausted), "transient"),
                row("an element of the application", new NoSuchElementException("No value present"), "unknown"));
    }

    private static Object closedPool() {
        JedisPool pool = new JedisPool("127.0.0.1", 1);
        pool.close();
        return pool.getResource();
    }

    private static Object exhausted() throws Exception {
        GenericObjectPoolConfig<Object> one = new GenericObjectPoolConfig<>();
        one.setMaxTotal(1);
        one.setMaxWait(Duration.ofMillis(1));
        one.setJmxEnabled(false);
        try (GenericObjectPool<Object> pool = new GenericObjectPool<>(new Factory(), one)) {
            pool.borrowObject();
            return pool.borrowObject();
        }
    }

    private static Throwable failureOf(Callable<?> call) {
        try {
            return new AssertionError("nothing failed: " + call.call());
        } catch (Exception failure) {
            return failure;
        }
    }

    private static final class Factory extends BasePooledObjectFactory<Object> {

        @Override
        public Object create() {
            return new Object();
        }

        @Override
        public PooledObject<Object> wrap(Object object) {
            return new DefaultPooledObject<>(object);
        }
    }
}
