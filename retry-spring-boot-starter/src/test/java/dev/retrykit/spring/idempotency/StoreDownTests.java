package dev.retrykit.spring.idempotency;

import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.SocketOptions;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import redis.embedded.RedisServer;

/** A real store that is stopped before a call, while its handler runs and after it, and started again. */
@Tag("server")
class StoreDownTests {

    private static final AtomicInteger calls = new AtomicInteger();
    private static volatile CountDownLatch entered;
    private static volatile CountDownLatch goOn;

    private static final Duration LEASE = Duration.ofSeconds(1);

    private final String key = UUID.randomUUID().toString();
    private Shop shop;

    @AfterEach
    void stop() {
        shop.close();
    }

    private static void standStill() {
        entered.countDown();
        try {
            goOn.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private static void runFreely() {
        entered = new CountDownLatch(1);
        goOn = new CountDownLatch(0);
    }

    private static void runUntilToldToGoOn() {
        entered = new CountDownLatch(1);
        goOn = new CountDownLatch(1);
    }

    private HttpResponse<byte[]> pay() {
        return shop.post("/payments", key, "{}");
    }

    private HttpResponse<byte[]> payUntilAnswered() {
        return untilAnswered(this::pay);
    }

    /** As a client does: again while somebody is at it or the store is down. */
    private static HttpResponse<byte[]> untilAnswered(Supplier<HttpResponse<byte[]>> request) {
        HttpResponse<byte[]> response = request.get();
        while (response.statusCode() == 409 && text(response).contains("is in progress")
                || response.statusCode() == 503) {
            Waiting.nanos(50_000_000);
            response = request.get();
        }
        return response;
    }

    /** What turns a store off and on. */
    @FunctionalInterface
    private interface Switch {
        void turn() throws Exception;
    }

    /** The store is gone when the handler ends, for longer than the lease, and comes back. */
    private void endWhileTheStoreIsGone(Supplier<HttpResponse<byte[]>> request, Switch off, Switch on)
            throws Exception {
        runUntilToldToGoOn();
        int before = calls.get();
        CompletableFuture<HttpResponse<byte[]>> first = AtOnce.start(request);
        entered.await();
        off.turn();
        Waiting.nanos(LEASE.plusMillis(500).toNanos());
        goOn.countDown();
        assertThat(first.get().statusCode()).isBetween(200, 201);
        on.turn();
        assertReplay(first.get(), untilAnswered(request));
        assertThat(calls).hasValue(before + 1);
    }

    private static void assertUnavailable(HttpResponse<byte[]> response) {
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).contains("5");
        assertThat(text(response)).contains("currently not possible to determine");
    }

    @RestController
    static class Payments {

        private final Ledger ledger;

        Payments(Ledger ledger) {
            this.ledger = ledger;
        }

        @Idempotent
        @PostMapping("/payments")
        @ResponseStatus(HttpStatus.CREATED)
        String pay() {
            calls.incrementAndGet();
            String id = ledger.book();
            standStill();
            return id;
        }

        /** Of no transaction. */
        @Idempotent
        @PostMapping("/mails")
        String mail() {
            int call = calls.incrementAndGet();
            standStill();
            return "mail " + call;
        }

        @Idempotent(required = false)
        @PostMapping("/optional")
        String optional() {
            return "call " + calls.incrementAndGet();
        }
    }

    @FunctionalInterface
    interface Ledger {

        String book();
    }

    @Nested
    class Postgres {

        /** Of all tests: it takes seconds to make a database. */
        @TempDir
        private static Path directory;

        private final int port = Servers.freePort();
        private EmbeddedPostgres server;

        static class JdbcLedger implements Ledger {

            private final JdbcTemplate jdbc;

            JdbcLedger(JdbcTemplate jdbc) {
                this.jdbc = jdbc;
            }

            @Override
            @Transactional
            public String book() {
                String id = UUID.randomUUID().toString();
                jdbc.update("insert into ledger (id) values (?)", id);
                if (goOn.getCount() > 1) {
                    goOn.countDown();
                    standStill();
                }
                return id;
            }
        }

        private void startServer() throws IOException {
            server = EmbeddedPostgres.builder()
                    .setPort(port)
                    .setDataDirectory(directory.resolve("data"))
                    .setOverrideWorkingDirectory(directory.resolve("work").toFile())
                    .setCleanDataDirectory(false)
                    .start();
        }

        private void startAll() throws IOException {
            startAll(Duration.ofSeconds(30));
        }

        private void startAll(Duration lease) throws IOException {
            startServer();
            runFreely();
            shop = Shop.start(
                    WebApplicationType.SERVLET,
                    Map.of(
                            "retrykit.idempotency.lease",
                            lease.toSeconds() + "s",
                            "spring.datasource.url",
                            "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres&password=postgres",
                            "spring.datasource.hikari.connection-timeout",
                            "1000",
                            "retrykit.idempotency.store",
                            "jdbc",
                            "retrykit.idempotency.initialize-schema",
                            "always"),
                    Payments.class,
                    JdbcLedger.class);
            jdbc().execute("drop table if exists ledger");
            jdbc().execute("create table ledger (id varchar(36))");
        }

        private JdbcTemplate jdbc() {
            return shop.bean(JdbcTemplate.class);
        }

        /** By a connection of its own: one of the application's may be one that a stop has ended. */
        private long rows() {
            return new JdbcTemplate(server.getPostgresDatabase())
                    .queryForObject("select count(*) from ledger", Long.class);
        }

        @AfterEach
        void stopServer() throws IOException {
            shop.close();
            server.close();
        }

        @Test
        void runsNothingWhileItIsDown() throws Exception {
            startAll();
            server.close();
            int before = calls.get();
            assertUnavailable(pay());
            assertThat(calls).hasValue(before);
            startServer();
            HttpResponse<byte[]> first = payUntilAnswered();
            assertThat(first.statusCode()).isEqualTo(201);
            assertReplay(first, pay());
            assertThat(rows()).isOne();
        }

        @Test
        void runsAgainWhatItRolledBackWhenItWasStopped() throws Exception {
            startAll();
            entered = new CountDownLatch(1);
            goOn = new CountDownLatch(2);
            CompletableFuture<HttpResponse<byte[]>> first = AtOnce.start(() -> pay());
            entered.await();
            server.close();
            goOn.countDown();
            assertThat(first.get().statusCode()).isEqualTo(500);
            startServer();
            assertThat(rows()).isZero();
            HttpResponse<byte[]> second = payUntilAnswered();
            assertThat(second.statusCode()).isEqualTo(201);
            assertReplay(second, pay());
            assertThat(rows()).isOne();
        }

        @Test
        void learnsLaterWhatWasCommittedBeforeItWasStopped() throws Exception {
            startAll();
            runUntilToldToGoOn();
            CompletableFuture<HttpResponse<byte[]>> first = AtOnce.start(() -> pay());
            entered.await();
            server.close();
            goOn.countDown();
            assertThat(first.get().statusCode()).isEqualTo(201);
            startServer();
            assertThat(rows()).isOne();
            HttpResponse<byte[]> repeat = payUntilAnswered();
            assertThat(rows()).isOne();
            assertReplay(first.get(), repeat);
        }

        @ParameterizedTest
        @ValueSource(strings = {"/payments", "/mails"})
        void learnsLaterWhatWasDoneThoughTheLeaseHasEnded(String path) throws Exception {
            startAll(LEASE);
            endWhileTheStoreIsGone(() -> shop.post(path, key, "{}"), () -> server.close(), () -> startServer());
            assertThat(rows()).isEqualTo(path.equals("/payments") ? 1 : 0);
        }

        @Test
        void knowsAfterARestartWhatItKept() throws Exception {
            startAll();
            HttpResponse<byte[]> first = pay();
            server.close();
            assertUnavailable(pay());
            startServer();
            assertReplay(first, payUntilAnswered());
            assertThat(rows()).isOne();
        }
    }

    @Nested
    class Redis {

        @TempDir
        private Path directory;

        private final int port = Servers.freePort();
        private RedisServer server;

        @Configuration(proxyBeanMethods = false)
        static class Connections {

            @Bean
            LettuceConnectionFactory redis(@Value("${redis.port}") int port) {
                return new LettuceConnectionFactory(
                        new RedisStandaloneConfiguration("127.0.0.1", port),
                        LettuceClientConfiguration.builder()
                                .commandTimeout(Duration.ofMillis(500))
                                .clientOptions(ClientOptions.builder()
                                        .socketOptions(SocketOptions.builder()
                                                .connectTimeout(Duration.ofMillis(500))
                                                .build())
                                        .build())
                                .build());
            }

            @Bean
            Ledger ledger() {
                return () -> UUID.randomUUID().toString();
            }
        }

        private void startServer() throws IOException {
            server = RedisServer.newRedisServer()
                    .port(port)
                    .setting("bind 127.0.0.1")
                    .setting("dir " + directory)
                    .setting("appendonly yes")
                    .setting("appendfsync always")
                    .build();
            server.start();
        }

        private void startAll(String onStoreDown) throws IOException {
            startAll(Map.of("retrykit.idempotency.on-store-down", onStoreDown));
        }

        private void startAll(Map<String, Object> more) throws IOException {
            startServer();
            runFreely();
            Map<String, Object> settings = new HashMap<>(more);
            settings.put("redis.port", port);
            settings.put("retrykit.idempotency.store", "redis");
            shop = Shop.start(WebApplicationType.SERVLET, settings, Payments.class, Connections.class);
        }

        @AfterEach
        void stopServer() throws IOException {
            shop.close();
            server.stop();
        }

        @Test
        void runsNothingWhileItIsDown() throws Exception {
            startAll("reject");
            server.stop();
            int before = calls.get();
            assertUnavailable(pay());
            assertUnavailable(shop.post("/optional", key, "{}"));
            assertThat(calls).hasValue(before);
            startServer();
            HttpResponse<byte[]> first = payUntilAnswered();
            assertThat(first.statusCode()).isEqualTo(201);
            assertReplay(first, pay());
            assertThat(calls).hasValue(before + 1);
        }

        @ParameterizedTest
        @ValueSource(strings = {"hold", "rerun"})
        void learnsLaterWhatWasDoneThoughTheLeaseHasEnded(String onCrash) throws Exception {
            startAll(Map.of(
                    "retrykit.idempotency.on-crash", onCrash, "retrykit.idempotency.lease", LEASE.toSeconds() + "s"));
            endWhileTheStoreIsGone(this::mail, () -> server.stop(), () -> startServer());
        }

        private HttpResponse<byte[]> mail() {
            return shop.post("/mails", key, "{}");
        }

        @Test
        void learnsLaterWhatWasDoneWhileItWasStopped() throws Exception {
            startAll("reject");
            runUntilToldToGoOn();
            int before = calls.get();
            CompletableFuture<HttpResponse<byte[]>> first = AtOnce.start(() -> pay());
            entered.await();
            server.stop();
            goOn.countDown();
            assertThat(first.get().statusCode()).isEqualTo(201);
            startServer();
            HttpResponse<byte[]> repeat = payUntilAnswered();
            assertThat(calls).hasValue(before + 1);
            assertReplay(first.get(), repeat);
        }

        @Test
        void knowsAfterARestartWhatItKept() throws Exception {
            startAll("reject");
            HttpResponse<byte[]> first = pay();
            server.stop();
            assertUnavailable(pay());
            startServer();
            assertReplay(first, payUntilAnswered());
        }

        @Test
        void runsWhatNeedsNoKeyIfThatIsWanted() throws Exception {
            startAll("run");
            server.stop();
            assertThat(shop.post("/optional", key, "{}").statusCode()).isEqualTo(200);
            assertUnavailable(pay());
        }
    }
}
