package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.PeerBusyException;
import dev.retrykit.time.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** A host asks one call for time, and all obey: over real sockets. */
class BusyHostTests {

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
            AtomicLong asked = new AtomicLong();
            other.on("/failing", (request, connection) -> connection.status(503));
            server.on("/failing", (request, connection) -> connection.status(503));
            HttpApps.with(YML, ended).withBean(Caller.class).run(context -> {
                TimeSource time = context.getBean(TimeSource.class);
                server.on("/limited", (request, connection) -> {
                    asked.set(time.nanoTime());
                    connection.status(429, "Retry-After: 5");
                });
                Caller caller = context.getBean(Caller.class);
                quietly(() -> caller.off(server.url("/limited")));
                quietly(() -> caller.call(server.url("/failing")));
                quietly(() -> caller.call(server.url("/limited")));
                quietly(() -> caller.call(other.url("/failing")));
                quietly(() -> caller.call(server.url("/failing")));
                assertThat(Duration.ofNanos(time.nanoTime() - asked.get()))
                        .as("since the host last asked for time")
                        .isGreaterThanOrEqualTo(Duration.ofSeconds(5));
            });
        }
        assertThat(ended.get(1).elapsed()).as("nobody heard").isLessThan(Duration.ofSeconds(1));
        assertThat(ended.get(3).elapsed()).as("another host").isLessThan(Duration.ofSeconds(1));
        assertThat(ended.get(4).elapsed()).as("the host").isGreaterThan(Duration.ofSeconds(4));
    }

    private static void quietly(ThrowingCallable call) {
        assertThat(catchThrowable(call)).isNotNull();
    }
}
