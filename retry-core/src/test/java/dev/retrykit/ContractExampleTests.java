package dev.retrykit;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.time.TimeSource;
import java.io.IOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The engine without Spring, as the documents show it, on the real clock. */
class ContractExampleTests {

    private final List<RetryEvent> events = new ArrayList<>();
    private final Client client = new Client();
    private final Circuit circuit = Circuit.of(
            "inventory",
            CircuitPolicy.builder()
                    .failureRate(50)
                    .minimumCalls(20)
                    .countWindow(100)
                    .build());

    private final Retry retry = Retry.builder("inventory")
            .policy(RetryPolicy.builder()
                    .maxAttempts(4)
                    .backoff(BackoffPolicy.exponential(ofMillis(1), 2, ofMillis(10)))
                    .jitter(Jitter.FULL)
                    .timeBudget(ofSeconds(30))
                    .attemptTimeout(ofSeconds(2))
                    .retryOn(IOException.class)
                    .build())
            .circuit(circuit)
            .budget(RetryBudget.of("inventory", BudgetPolicy.of(0.1, ofSeconds(10), 5)))
            .timeSource(TimeSource.system())
            .random(new Random(42))
            .listener(events::add)
            .build();

    @Test
    void aCallThrowsWhatTheBodyThrowsAndRecovers() throws IOException {
        String stock = retry.call(() -> client.stock("apple"));

        assertThat(stock).isEqualTo("7 of apple");
        assertThat(client.calls).isEqualTo(2);
        assertThat(events).hasSize(2);
        assertThat(circuit.snapshot().failures()).isEqualTo(1);
    }

    @Test
    void aRunReturnsNothing() throws IOException {
        retry.run(() -> client.stock("apple"));

        assertThat(client.calls).isEqualTo(2);
    }

    @Test
    void anAsynchronousCallGivesAStage() {
        CompletionStage<String> later = retry.callAsync(() -> client.stockAsync("apple"));

        assertThat(later.toCompletableFuture()
                        .orTimeout(30, java.util.concurrent.TimeUnit.SECONDS)
                        .join())
                .isEqualTo("7 of apple");
    }

    @Test
    void aNameIsEnough() {
        assertThat(Retry.builder("inventory").build().call(() -> 42)).isEqualTo(42);
    }

    @Test
    void aCircuitWorksAlone() {
        assertThat(circuit.call(() -> 42)).isEqualTo(42);
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
        circuit.forceOpen();
        assertThat(circuit.snapshot().state()).isEqualTo(CircuitState.FORCED_OPEN);
        circuit.reset();
        assertThat(circuit.snapshot().calls()).isZero();
    }

    /** Fails once. */
    private static final class Client {

        private int calls;

        String stock(String sku) throws IOException {
            if (calls++ == 0) {
                throw new ConnectException("refused");
            }
            return "7 of " + sku;
        }

        CompletableFuture<String> stockAsync(String sku) {
            return calls++ == 0
                    ? CompletableFuture.failedFuture(new ConnectException("refused"))
                    : CompletableFuture.completedFuture("7 of " + sku);
        }
    }
}
