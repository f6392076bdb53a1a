package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.client.FaultServer.Request;
import dev.retrykit.spring.client.RetriedCalls.Client;
import dev.retrykit.spring.idempotency.AtOnce;
import dev.retrykit.spring.idempotency.Waiting;
import dev.retrykit.time.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.HttpMethod;
import reactor.core.publisher.Mono;

/**
 * One answer that asks for time holds the retries of all: of those that are in a delay already, and of those that fail later
 * without being asked for anything. On the real clock.
 */
@Tag("server")
@Timeout(60)
class RetryAfterForAllTests {

    private static final int HALF = 100;
    private static final long ASKED = Duration.ofSeconds(2).toNanos();

    /** Who isn't held comes back after a second and a half. */
    private static final String YML = """
            retrykit:
              policies:
                busy:
                  budget: { unlimited: true }
                  backoff: { strategy: fixed, delay: 1500ms }
                  jitter: none
            spring.http.clients: { connect-timeout: 5s, read-timeout: 20s }
            """;

    static class Caller {

        @Retryable("busy")
        String call(Supplier<String> call) {
            return call.get();
        }

        @Retryable("busy")
        Mono<String> callLater(Supplier<Mono<String>> call) {
            return call.get();
        }
    }

    @ParameterizedTest(name = "{0} on {1}, guarded: {2}")
    @CsvSource({
        "RestClient, JDK, false",
        "RestClient, HTTP_COMPONENTS, false",
        "RestTemplate, SIMPLE, false",
        "WebClient, REACTOR, false",
        "WebClient, JETTY, false",
        "RestClient, JETTY, true",
        "WebClient, REACTOR, true"
    })
    void noRetryOfAnybodyIsEarlier(String name, Transport transport, boolean guarded) throws Exception {
        try (FaultServer server = new FaultServer();
                FaultServer other = new FaultServer()) {
            AtomicLong heard = new AtomicLong();
            script(server, heard);
            script(other, heard);
            app(transport, guarded).run(context -> {
                Client client = ClientMade.BY_BOOT.clients(context, transport).stream()
                        .filter(each -> each.name().equals(name))
                        .findFirst()
                        .orElseThrow();
                callAll(guarded ? new Caller() : context.getBean(Caller.class), client, server, other, heard);
            });
            List<Long> waits = waits(server, heard.get());
            write(name + " on " + transport + (guarded ? " guarded" : ""), waits);
            assertThat(waits)
                    .hasSize(2 * HALF)
                    .allSatisfy(wait -> assertThat(wait).isGreaterThanOrEqualTo(ASKED));
            assertThat(waits.get(waits.size() - 1) - waits.get(0))
                    .as("they don't come together")
                    .isGreaterThan(Duration.ofMillis(50).toNanos());
            List<Request> elsewhere = other.requests("/down/other");
            assertThat(elsewhere.get(1).nanos() - elsewhere.get(0).nanos())
                    .as("another host isn't held")
                    .isLessThan(ASKED);
        }
    }

    /** Half of them are in a delay when one hears that the server is busy, and half fail after it. */
    private static void callAll(Caller caller, Client client, FaultServer server, FaultServer other, AtomicLong heard) {
        List<CompletableFuture<Void>> calls = new ArrayList<>();
        IntStream.range(0, HALF).forEach(i -> calls.add(call(caller, client, server.url("/down/" + i))));
        Waiting.until(() -> IntStream.range(0, HALF)
                .noneMatch(i -> server.requests("/down/" + i).isEmpty()));
        calls.add(call(caller, client, server.url("/busy")));
        Waiting.until(() -> heard.get() != 0);
        IntStream.range(HALF, 2 * HALF - 1).forEach(i -> calls.add(call(caller, client, server.url("/down/" + i))));
        calls.add(call(caller, client, "http://127.0.0.1:" + other.port() + "/down/other"));
        CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).join();
    }

    /** From the answer that asked for time to each retry. */
    private static List<Long> waits(FaultServer server, long heard) {
        List<String> paths = new ArrayList<>(List.of("/busy"));
        IntStream.range(0, 2 * HALF - 1).forEach(i -> paths.add("/down/" + i));
        return paths.stream()
                .map(path -> {
                    assertThat(server.requests(path)).as(path).hasSize(2);
                    return server.requests(path).get(1).nanos() - heard;
                })
                .sorted()
                .toList();
    }

    private static void script(FaultServer server, AtomicLong heard) {
        server.on("/busy", (request, connection) -> {
            boolean first = server.requests("/busy").size() == 1;
            heard.compareAndSet(0, System.nanoTime());
            connection.status(first ? 429 : 200, "Retry-After: 2");
        });
        for (String path :
                IntStream.range(0, 2 * HALF).mapToObj(String::valueOf).toList()) {
            server.on("/down/" + path, (request, connection) -> down(server, request, connection));
        }
        server.on("/down/other", (request, connection) -> down(server, request, connection));
    }

    private static void down(FaultServer server, Request request, FaultServer.Connection connection)
            throws IOException {
        connection.status(server.requests(request.path()).size() == 1 ? 503 : 200);
    }

    private static CompletableFuture<Void> call(Caller caller, Client client, String url) {
        return AtOnce.run(() -> {
            if (client.kind() == RetriedCalls.Kind.BLOCKING) {
                caller.call(() -> (String) client.sender().send(HttpMethod.GET, url));
            } else {
                caller.callLater(() -> mono(client.sender().send(HttpMethod.GET, url)))
                        .block();
            }
        });
    }

    @SuppressWarnings("unchecked")
    private static Mono<String> mono(Object answer) {
        return (Mono<String>) answer;
    }

    private static ApplicationContextRunner app(Transport transport, boolean guarded) {
        ApplicationContextRunner app = HttpApps.with(YML, new ArrayList<>())
                .withPropertyValues(transport.properties())
                .withAllowBeanDefinitionOverriding(true)
                .withBean("timeSource", TimeSource.class, TimeSource::system)
                .withBean(ClientMade.Built.class)
                .withBean(Caller.class);
        return guarded
                ? app.withPropertyValues(
                        "retrykit.http.guards[0].host=localhost",
                        "retrykit.http.guards[0].policy=busy",
                        "retrykit.http.guards[1].host=127.0.0.1",
                        "retrykit.http.guards[1].policy=busy")
                : app;
    }

    /** For people. */
    private static void write(String title, List<Long> waits) throws IOException {
        Path file = Path.of("target", "http", "shared-" + title.replace(' ', '-') + ".txt");
        Files.createDirectories(file.getParent());
        long early = waits.stream().filter(wait -> wait < ASKED).count();
        Files.writeString(
                file,
                String.format(
                        Locale.ROOT,
                        "%s: %d of %d early; least %.3f ms, median %.3f ms, most %.3f ms after a 429 that asked for 2 s%n",
                        title,
                        early,
                        waits.size(),
                        waits.get(0) / 1e6,
                        waits.get(waits.size() / 2) / 1e6,
                        waits.get(waits.size() - 1) / 1e6));
    }
}
