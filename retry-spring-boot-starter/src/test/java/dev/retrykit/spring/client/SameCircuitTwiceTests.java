package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.spring.registry.Retries;
import java.io.IOException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.publisher.Mono;

/** A method and the guard of its client's host name one circuit: it counts once, and closes after an outage. */
class SameCircuitTwiceTests {

    private static final String TWICE = """
            retrykit:
              policies:
                stock: { max-attempts: 2, budget: { unlimited: true } }
              circuits:
                stock: { window: { type: count, size: 10 }, minimum-calls: 10, half-open: { probes: 1 } }
              http:
                guards:
                  - { host: localhost, policy: stock, circuit: stock }
            """;

    private FaultServer server;
    private volatile boolean down = true;

    @BeforeEach
    void start() {
        server = new FaultServer();
        server.on("/stock", (request, connection) -> connection.status(down ? 503 : 204));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void aBlockingMethod() {
        HttpApps.with(TWICE, new CopyOnWriteArrayList<>()).withBean(Stock.class).run(context -> {
            Stock stock = context.getBean(Stock.class);
            opensAndCloses(
                    context.getBean(Retries.class).circuit("stock"),
                    () -> stock.blocking(server.url("/stock")),
                    HttpServerErrorException.class);
        });
    }

    @Test
    void aMono() {
        HttpApps.with(TWICE, new CopyOnWriteArrayList<>()).withBean(Stock.class).run(context -> {
            Stock stock = context.getBean(Stock.class);
            opensAndCloses(
                    context.getBean(Retries.class).circuit("stock"),
                    () -> stock.reactive(server.url("/stock")).block(),
                    WebClientResponseException.class);
        });
    }

    private void opensAndCloses(Circuit circuit, Runnable call, Class<? extends Throwable> failure) {
        for (int i = 0; i < 10; i++) {
            assertThat(circuit.snapshot().calls()).isEqualTo(i);
            assertThatThrownBy(call::run).isInstanceOf(failure);
        }
        assertThat(circuit.state()).isEqualTo(CircuitState.OPEN);
        assertThat(server.requests("/stock")).hasSize(20);
        down = false;
        circuit.halfOpen();
        call.run();
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
        assertThat(server.requests("/stock")).hasSize(21);
        assertThat(circuit.snapshot().rejected()).isZero();
    }

    static class Stock {

        private final RestClient.Builder imperative;
        private final WebClient.Builder reactive;

        Stock(RestClient.Builder imperative, WebClient.Builder reactive) {
            this.imperative = imperative;
            this.reactive = reactive;
        }

        @CircuitGuarded("stock")
        void blocking(String url) {
            imperative.build().get().uri(url).retrieve().toBodilessEntity();
        }

        @CircuitGuarded("stock")
        Mono<Void> reactive(String url) {
            return reactive.build().get().uri(url).retrieve().toBodilessEntity().then();
        }
    }
}
