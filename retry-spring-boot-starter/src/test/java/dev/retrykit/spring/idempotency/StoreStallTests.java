package dev.retrykit.spring.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Two hundred requests with keys at a server of two hundred threads, while the store doesn't answer. What is measured are
 * the bounds themselves.
 */
@Tag("server")
@Timeout(60)
class StoreStallTests {

    private static final Log LOG = LogFactory.getLog(StoreStallTests.class);

    private static final int REQUESTS = 200;
    private static final long LONGEST_MILLIS = 2_500;
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static volatile CountDownLatch handlers = new CountDownLatch(0);
    private static volatile CountDownLatch goOn = new CountDownLatch(0);

    @RestController
    static class Controller {

        @Idempotent
        @PostMapping("/keyed")
        String keyed() throws InterruptedException {
            handlers.countDown();
            goOn.await();
            return "done";
        }

        @GetMapping("/other")
        String other() {
            return "other";
        }
    }

    /** With Lettuce's own timeouts: a minute. */
    @Configuration(proxyBeanMethods = false)
    static class Redis {

        @Bean
        LettuceConnectionFactory redis(@Value("${redis.port}") int port) {
            return new LettuceConnectionFactory("127.0.0.1", port);
        }
    }

    private static Relay relay(String store) {
        return Relay.to(
                store.equals("redis")
                        ? Servers.redisPort()
                        : URI.create(Servers.postgresUrl().substring("jdbc:".length()))
                                .getPort());
    }

    private static Shop start(String store, Relay relay) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("retrykit.idempotency.store", store.equals("redis") ? "redis" : "jdbc");
        settings.put("retrykit.idempotency.initialize-schema", "always");
        settings.put("redis.port", relay.port());
        if (store.equals("redis")) {
            return Shop.start(WebApplicationType.SERVLET, settings, Controller.class, Redis.class);
        }
        // Hikari checks connections for five seconds, which nobody can cut short: see the documentation
        settings.put("spring.datasource.hikari.validation-timeout", "1500");
        int port = URI.create(Servers.postgresUrl().substring("jdbc:".length())).getPort();
        settings.put("spring.datasource.url", Servers.postgresUrl().replace(":" + port, ":" + relay.port()));
        return Shop.start(WebApplicationType.SERVLET, settings, Controller.class);
    }

    /** How long requests took, in milliseconds, and what they were answered. */
    private record Round(List<Integer> statuses, long slowestKeyed, long slowestOther) {}

    private static Round round(Shop shop) throws Exception {
        return round(shop, () -> {});
    }

    /** All requests with keys at once, and one after the other without, as long as one of the former is on its way. */
    private static Round round(Shop shop, Runnable meanwhile) throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        CompletableFuture<Long> others = AtOnce.start(() -> {
            long slowest = 0;
            do {
                slowest = Math.max(
                        slowest,
                        millis(
                                HttpRequest.newBuilder(URI.create(shop.url("/other")))
                                        .build(),
                                new ArrayList<>()));
            } while (!ended.get());
            return slowest;
        });
        List<Integer> statuses = new ArrayList<>();
        List<CompletableFuture<Long>> keyed = IntStream.range(0, REQUESTS)
                .mapToObj(i -> AtOnce.start(() -> millis(post(shop), statuses)))
                .toList();
        meanwhile.run();
        long slowest = 0;
        for (CompletableFuture<Long> each : keyed) {
            slowest = Math.max(slowest, each.get());
        }
        ended.set(true);
        return new Round(statuses, slowest, others.get());
    }

    private static HttpRequest post(Shop shop) {
        return HttpRequest.newBuilder(URI.create(shop.url("/keyed")))
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .POST(BodyPublishers.noBody())
                .build();
    }

    private static long millis(HttpRequest request, List<Integer> statuses) {
        long started = System.nanoTime();
        HttpResponse<Void> response =
                CLIENT.sendAsync(request, BodyHandlers.discarding()).join();
        synchronized (statuses) {
            statuses.add(response.statusCode());
        }
        return (System.nanoTime() - started) / 1_000_000;
    }

    private static void assertAnswersAgain(Shop shop) {
        Waiting.until(() ->
                CLIENT.sendAsync(post(shop), BodyHandlers.discarding()).join().statusCode() == 200);
    }

    private static void report(String what, Round normal, Round stalled) {
        LOG.info(what + ": keyed " + stalled.slowestKeyed() + " ms, others "
                + stalled.slowestOther() + " ms; normal: keyed " + normal.slowestKeyed() + " ms, others "
                + normal.slowestOther() + " ms");
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis", "postgres"})
    void answersInTimeWhileTheStoreIsABlackHole(String store) throws Exception {
        try (Relay relay = relay(store);
                Shop shop = start(store, relay)) {
            round(shop);
            Round normal = round(shop);
            assertThat(normal.statuses()).hasSize(REQUESTS).containsOnly(200);
            relay.stall();
            Round stalled = round(shop);
            report("black hole, " + store, normal, stalled);
            assertThat(stalled.statuses()).hasSize(REQUESTS).containsOnly(503);
            assertThat(stalled.slowestKeyed()).isLessThanOrEqualTo(LONGEST_MILLIS);
            assertThat(stalled.slowestOther()).isLessThanOrEqualTo(LONGEST_MILLIS);
            Round refused = round(shop);
            report("refused, " + store, normal, refused);
            assertThat(refused.statuses()).hasSize(REQUESTS).containsOnly(503);
            relay.goOn();
            assertAnswersAgain(shop);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis", "postgres"})
    void answersInTimeWhileTheStoreIsStopped(String store) throws Exception {
        try (Relay relay = relay(store);
                Shop shop = start(store, relay)) {
            round(shop);
            Round normal = round(shop);
            int port = relay.port();
            relay.refuse();
            Round stopped = round(shop);
            report("stopped, " + store, normal, stopped);
            assertThat(stopped.statuses()).hasSize(REQUESTS).containsOnly(503);
            assertThat(stopped.slowestKeyed()).isLessThanOrEqualTo(LONGEST_MILLIS);
            relay.accept(port);
            assertAnswersAgain(shop);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis", "postgres"})
    void answersInTimeWhenTheStoreIsLostDuringTheHandlers(String store) throws Exception {
        try (Relay relay = relay(store);
                Shop shop = start(store, relay)) {
            round(shop);
            Round normal = round(shop);
            handlers = new CountDownLatch(REQUESTS - 10);
            goOn = new CountDownLatch(1);
            long[] released = new long[1];
            Round lost = round(shop, () -> {
                await(handlers);
                relay.stall();
                released[0] = System.nanoTime();
                goOn.countDown();
            });
            long afterwards = (System.nanoTime() - released[0]) / 1_000_000;
            report("lost during the handlers (" + afterwards + " ms after), " + store, normal, lost);
            assertThat(lost.statuses()).hasSize(REQUESTS).isSubsetOf(200, 503);
            assertThat(afterwards).isLessThanOrEqualTo(LONGEST_MILLIS);
            relay.goOn();
            assertAnswersAgain(shop);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /** Hikari would wait for thirty seconds. */
    @Test
    void answersInTimeWhileThePoolIsEmpty() throws Exception {
        try (Relay relay = relay("postgres");
                Shop shop = start("postgres", relay)) {
            round(shop);
            Round normal = round(shop);
            List<Connection> taken = takeAll(shop.bean(DataSource.class));
            Round empty = round(shop);
            report("pool empty", normal, empty);
            assertThat(empty.statuses()).hasSize(REQUESTS).containsOnly(503);
            assertThat(empty.slowestKeyed()).isLessThanOrEqualTo(LONGEST_MILLIS);
            for (Connection each : taken) {
                each.close();
            }
            assertAnswersAgain(shop);
        }
    }

    private static List<Connection> takeAll(DataSource pool) throws SQLException {
        List<Connection> taken = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            taken.add(pool.getConnection());
        }
        return taken;
    }
}
