package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** Servers that lie, trickle, and lead in circles: each call ends, and no POST is sent twice. */
@Tag("server")
class HostileServerTests {

    private static final String YML = """
            retrykit:
              policies: { plain: { budget: { unlimited: true } } }
            spring.http.clients: { connect-timeout: 2s, read-timeout: 250ms }
            """;

    private static final List<String> PATHS = List.of(
            "reset-in-body",
            "short",
            "early",
            "garbage",
            "307",
            "303",
            "seen-elsewhere",
            "circle",
            "trickle",
            "nan",
            "unicode",
            "control",
            "negative",
            "long",
            "megabyte");

    private final List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();
    private FaultServer server;

    static class Caller {

        private final RestClient blocking;
        private final WebClient reactive;

        Caller(RestClient.Builder blocking, WebClient.Builder reactive) {
            this.blocking = blocking.build();
            this.reactive = reactive.build();
        }

        @Retryable("plain")
        String call(HttpMethod method, String url) {
            RestClient.RequestBodySpec request = blocking.method(method).uri(url);
            return (method.equals(HttpMethod.GET) ? request : request.body("a body"))
                    .retrieve()
                    .body(String.class);
        }

        @Retryable("plain")
        Mono<String> callLater(HttpMethod method, String url) {
            WebClient.RequestBodySpec request = reactive.method(method).uri(url);
            return (method.equals(HttpMethod.GET) ? request : request.bodyValue("a body"))
                    .retrieve()
                    .bodyToMono(String.class);
        }
    }

    @BeforeEach
    void start() throws IOException {
        String dead = "http://localhost:" + deadPort() + "/";
        server = new FaultServer()
                .on("/reset-in-body", (request, connection) -> {
                    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nten bytes.");
                    connection.reset();
                })
                .on(
                        "/short",
                        (request, connection) ->
                                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nten bytes."))
                .on(
                        "/early",
                        (request, connection) -> connection.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"))
                .on("/garbage", (request, connection) -> connection.write("\u0001\u0002 nonsense\r\n\r\n"))
                .on("/307", (request, connection) -> connection.status(307, "Location: " + dead))
                .on("/303", (request, connection) -> connection.status(303, "Location: " + dead))
                .on("/seen-elsewhere", (request, connection) -> connection.status(303, "Location: /busy"))
                .on("/busy", (request, connection) -> connection.status(503, "Retry-After: 1"))
                .on("/circle", (request, connection) -> connection.status(307, "Location: /circle"))
                .on("/trickle", (request, connection) -> {
                    connection.write("HTTP/1.1 503 Busy\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
                    for (int i = 0; i < 5; i++) {
                        connection.write("x");
                    }
                });
        headers("nan", "Retry-After: NaN");
        headers("unicode", "Retry-After: \u00b2\u00b3");
        headers("control", "Retry-After: 1\u0001\u0002");
        headers("negative", "Retry-After: -5");
        headers("long", "Retry-After: " + "9".repeat(5_000));
        headers("megabyte", "X-Large: " + "9".repeat(1_000_000), "Retry-After: 1");
    }

    private void headers(String path, String... headers) {
        server.on("/" + path, (request, connection) -> connection.status(503, headers));
    }

    private static int deadPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "http-components", "jetty", "reactor"})
    void everyCallEndsAndNoPostIsSentTwice(String transport) {
        Map<String, String> seen = new LinkedHashMap<>();
        app(transport).run(context -> {
            Caller caller = context.getBean(Caller.class);
            for (String path : PATHS) {
                for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.POST)) {
                    String url = server.url("/" + path);
                    note(seen, path + " " + method + " blocking", () -> caller.call(method, url));
                    note(
                            seen,
                            path + " " + method + " reactive",
                            () -> caller.callLater(method, url).block());
                }
            }
        });
        for (String path : PATHS) {
            boolean askedToComeAgain = path.equals("megabyte") || path.equals("control");
            assertThat(server.requests("/" + path).stream()
                            .filter(request -> request.method().equals("POST")))
                    .as(path)
                    .hasSizeLessThanOrEqualTo(askedToComeAgain ? 6 : path.equals("circle") ? 1000 : 2);
        }
        for (String path : List.of("reset-in-body", "short", "307", "303", "trickle", "nan", "unicode", "negative")) {
            assertThat(seen.get(path + " GET blocking")).as(path).startsWith("3 EXHAUSTED");
            assertThat(seen.get(path + " GET reactive")).as(path).startsWith("3 EXHAUSTED");
        }
        for (String path : List.of("reset-in-body", "short", "trickle", "nan", "unicode", "negative")) {
            assertThat(seen.get(path + " POST blocking")).as(path).startsWith("1 NOT_IDEMPOTENT");
            assertThat(seen.get(path + " POST reactive")).as(path).startsWith("1 NOT_IDEMPOTENT");
        }
        // done, and then redirected to somebody who is busy
        assertThat(seen.get("seen-elsewhere GET blocking")).startsWith("3 EXHAUSTED");
        assertThat(seen.get("seen-elsewhere POST blocking")).startsWith("1 NOT_");
        assertThat(seen.get("seen-elsewhere POST reactive")).startsWith("1 NOT_");
        assertThat(seen.get("long GET blocking")).startsWith("1 RETRY_AFTER_TOO_LONG");
        assertThat(seen.get("long GET reactive")).startsWith("1 RETRY_AFTER_TOO_LONG");
        assertThat(seen.get("garbage GET blocking")).startsWith("3 EXHAUSTED");
        assertThat(seen.get("garbage GET reactive")).startsWith("3 EXHAUSTED");
        for (String path : List.of("303", "307")) {
            assertThat(seen.get(path + " POST blocking")).as(path).startsWith("1 ");
            assertThat(seen.get(path + " POST reactive")).as(path).startsWith("1 ");
        }
        // Reactor Netty takes early hints for the answer
        assertThat(seen.get("early GET blocking"))
                .startsWith(transport.equals("reactor") ? "1 SUCCESS" : "3 EXHAUSTED");
    }

    private void note(Map<String, String> seen, String what, Runnable call) {
        ended.clear();
        Throwable failure = catchThrowable(call::run);
        String cause = failure == null
                ? ""
                : NestedExceptionUtils.getMostSpecificCause(failure).toString();
        String end = ended.isEmpty()
                ? "1 SUCCESS"
                : ended.get(0).attempts() + " " + ended.get(0).reason();
        seen.put(what, end + " " + cause.substring(0, Math.min(100, cause.length())));
    }

    private ApplicationContextRunner app(String transport) {
        return HttpApps.with(YML, ended)
                .withBean(Caller.class)
                .withPropertyValues(
                        "spring.http.clients.imperative.factory=" + transport,
                        "spring.http.clients.reactive.connector=" + transport);
    }
}
