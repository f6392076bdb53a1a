package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Retryable;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.ResponseEntity;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Answers without an end whose reader has seen enough: the connection goes, as it does without retries. */
class CancelledBodyTests {

    private static final String EVENTS = "data: a\n\n".repeat(1000);

    private final CountDownLatch gone = new CountDownLatch(1);
    private final FaultServer server = new FaultServer().on("/events", this::send);

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private void send(FaultServer.Request request, FaultServer.Connection connection) throws IOException {
        connection.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
        try {
            while (true) {
                connection.write(Integer.toHexString(EVENTS.length()) + "\r\n" + EVENTS + "\r\n");
            }
        } catch (IOException closed) {
            gone.countDown();
            throw closed;
        }
    }

    /** The application's own code. */
    static class Events {

        private final WebClient client;

        Events(WebClient.Builder builder) {
            this.client = builder.build();
        }

        Flux<String> get(String url) {
            return client.get().uri(url).retrieve().bodyToFlux(String.class);
        }

        @Retryable("events")
        Mono<ResponseEntity<Flux<String>>> retried(String url) {
            return client.get().uri(url).retrieve().toEntityFlux(String.class);
        }
    }

    private ApplicationContextRunner app(String connector, String guards) {
        return HttpApps.with(
                        "retrykit: { policies.events: { max-attempts: 3 }, http.guards: [ " + guards + " ] }",
                        new CopyOnWriteArrayList<>())
                .withPropertyValues("spring.http.clients.reactive.connector=" + connector)
                .withBean(Events.class);
    }

    private void assertThreeAreEnough(Flux<String> events) throws InterruptedException {
        assertThat(events.take(3).collectList().block()).isEqualTo(List.of("a", "a", "a"));
        assertThat(gone.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty", "http-components"})
    void closeTheConnectionOfAGuardedRequest(String connector) {
        app(connector, "{ host: localhost, policy: events }")
                .run(context ->
                        assertThreeAreEnough(context.getBean(Events.class).get(server.url("/events"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty", "http-components"})
    void closeTheConnectionOfARetriedMethod(String connector) {
        app(connector, "")
                .run(context -> assertThreeAreEnough(context.getBean(Events.class)
                        .retried(server.url("/events"))
                        .flatMapMany(answer -> Objects.requireNonNull(answer.getBody()))));
    }
}
