package dev.retrykit.spring.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.PeerBusyException;
import dev.retrykit.RetryEvent;
import dev.retrykit.RetryListener;
import dev.retrykit.StopReason;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.time.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** A host asks one call for time, and all obey: over real sockets. */
class BusyHostTests {

    private static final int CALLS = 200;

    private static final String YML = """
            retrykit:
              policies:
                busy: { budget: { unlimited: true }, backoff: { delay: 20ms, max-delay: 100ms } }
                all: { budget: { unlimited: true }, retry-after: { shared: all } }
                alone: { budget: { unlimited: true }, retry-after: { shared: off } }
            """;

    private final List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();

    static class Caller {

        private final RestClient client;
        private final WebClient reactive;

        Caller(RestClient.Builder builder, WebClient.Builder reactive) {
            this.client = builder.build();
            this.reactive = reactive.build();
        }

        @Retryable("busy")
        String call(String url) {
            return get(url);
        }

        @Retryable("all")
        String all(String url) {
            return get(url);
        }

        @Retryable("alone")
        String off(String url) {
            return get(url);
        }

        @Retryable("all")
        Mono<String> reactive(String url) {
            return reactive.get().uri(url).retrieve().bodyToMono(String.class);
        }

        String get(String url) {
            return client.get().uri(url).retrieve().body(String.class);
        }
    }

    /** All are answered only when the first of them has heard what it was asked for; the others are told no time. */
    @ParameterizedTest
    @ValueSource(strings = {"annotated", "guarded"})
    void ofTwoHundredCallersNoRetryComesEarlierThanOneWasAskedFor(String how) throws Exception {
        AtomicBoolean asked = new AtomicBoolean();
        AtomicLong heard = new AtomicLong();
        CountDownLatch all = new CountDownLatch(CALLS);
        CountDownLatch first = new CountDownLatch(1);
        List<Long> retries = new CopyOnWriteArrayList<>();
        try (FaultServer server = new FaultServer()) {
            for (int i = 0; i < CALLS; i++) {
                AtomicBoolean again = new AtomicBoolean();
                server.on("/busy/" + i, (request, connection) -> {
                    if (again.getAndSet(true)) {
                        retries.add(request.nanos());
                        connection.status(200);
                        return;
                    }
                    all.countDown();
                    await(all);
                    if (asked.compareAndSet(false, true)) {
                        heard.set(System.nanoTime());
                        connection.status(429, "Retry-After: 2");
                    } else {
                        await(first);
                        connection.status(503);
                    }
                });
            }
            String guard = how.equals("guarded") ? "retrykit.http.guards: [{ host: localhost, policy: busy }]" : "";
            HttpApps.with(YML + guard, new ArrayList<>())
                    .withPropertyValues("spring.http.clients.imperative.factory=jdk")
                    .withAllowBeanDefinitionOverriding(true)
                    .withBean("timeSource", TimeSource.class, TimeSource::system)
                    .withBean("heard", RetryListener.class, () -> event -> first.countDown())
                    .withBean(Caller.class)
                    .run(context -> callAll(context.getBean(Caller.class), how, server));
        }
        LongStream waits =
                retries.stream().mapToLong(nanos -> nanos - heard.get()).sorted();
        long[] sorted = waits.toArray();
        assertThat(sorted).hasSize(CALLS);
        assertThat(sorted[0]).isGreaterThanOrEqualTo(Duration.ofSeconds(2).toNanos());
        assertThat(sorted[CALLS - 1] - sorted[0])
                .isGreaterThan(Duration.ofMillis(50).toNanos());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    private static void callAll(Caller caller, String how, FaultServer server) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CALLS);
        try {
            List<Future<String>> calls = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                String url = server.url("/busy/" + i);
                calls.add(threads.submit(() -> how.equals("guarded") ? caller.get(url) : caller.call(url)));
            }
            for (Future<String> call : calls) {
                assertThat(call.get()).isNull();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void firstAttemptsAreRejectedWhereAPolicySaysSo() throws IOException {
        try (FaultServer server = new FaultServer()) {
            server.on("/limited", (request, connection) -> connection.status(429, "Retry-After: 60"));
            HttpApps.with(YML, ended).withBean(Caller.class).run(context -> {
                Caller caller = context.getBean(Caller.class);
                quietly(() -> caller.call(server.url("/limited")));
                assertThat(catchThrowable(() -> caller.all(server.url("/other"))))
                        .isInstanceOfSatisfying(PeerBusyException.class, busy -> {
                            assertThat(busy.peer()).isEqualTo("localhost:" + server.port());
                            assertThat(busy.retryAfter()).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(60));
                        });
                assertThat(catchThrowable(
                                () -> caller.reactive(server.url("/other")).block()))
                        .isInstanceOf(PeerBusyException.class);
                assertThat(server.requests("/other")).isEmpty();
                caller.off(server.url("/other"));
                caller.call(server.url("/other"));
                assertThat(server.requests("/other")).hasSize(2);
            });
        }
        assertThat(ended)
                .extracting(RetryEvent.Ended::reason)
                .containsExactly(StopReason.RETRY_AFTER_TOO_LONG, StopReason.NOT_RETRYABLE, StopReason.NOT_RETRYABLE);
    }

    @Test
    void anotherHostIsNotHeldBack() throws IOException {
        try (FaultServer server = new FaultServer();
                FaultServer other = new FaultServer()) {
            server.on("/limited", (request, connection) -> connection.status(429, "Retry-After: 5"));
            other.on("/failing", (request, connection) -> connection.status(503));
            server.on("/failing", (request, connection) -> connection.status(503));
            HttpApps.with(YML, ended).withBean(Caller.class).run(context -> {
                Caller caller = context.getBean(Caller.class);
                quietly(() -> caller.off(server.url("/limited")));
                quietly(() -> caller.call(server.url("/failing")));
                quietly(() -> caller.call(server.url("/limited")));
                quietly(() -> caller.call(other.url("/failing")));
                quietly(() -> caller.call(server.url("/failing")));
            });
        }
        assertThat(ended.get(1).elapsed()).as("nobody heard").isLessThan(Duration.ofSeconds(1));
        assertThat(ended.get(3).elapsed()).as("another host").isLessThan(Duration.ofSeconds(1));
        assertThat(ended.get(4).elapsed()).as("the host").isGreaterThanOrEqualTo(Duration.ofSeconds(5));
    }

    private static void quietly(ThrowingCallable call) {
        assertThat(catchThrowable(call)).isNotNull();
    }
}
