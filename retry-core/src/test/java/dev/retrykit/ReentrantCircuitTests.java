package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitOpenException;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.circuit.KeyedCircuits;
import dev.retrykit.event.Scope;
import dev.retrykit.function.ThrowingCallable;
import dev.retrykit.time.ManualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One circuit in several layers of a call: it counts once, and never locks itself out. */
class ReentrantCircuitTests {

    private final ManualTime time = new ManualTime();

    private Circuit circuit(int probes) {
        return Circuit.of(
                "inventory",
                CircuitPolicy.builder()
                        .minimumCalls(10)
                        .probes(probes)
                        .openDuration(Duration.ofSeconds(5))
                        .openJitter(0)
                        .build(),
                time);
    }

    private Retry retry(Circuit circuit) {
        return Retry.builder("layer")
                .policy(RetryPolicy.builder().maxAttempts(1).build())
                .circuit(circuit)
                .timeSource(time)
                .build();
    }

    /** A body within so many layers of one circuit: engines and bare ones by turns. */
    private <T> T layered(Circuit circuit, int layers, ThrowingCallable<T, IOException> body) throws IOException {
        if (layers == 0) {
            return body.call();
        }
        return layers % 2 == 1
                ? retry(circuit).call(() -> layered(circuit, layers - 1, body))
                : circuit.call(() -> layered(circuit, layers - 1, body));
    }

    private CompletableFuture<String> staged(Circuit circuit, int layers, CompletableFuture<String> last) {
        if (layers == 0) {
            return last;
        }
        return layers % 2 == 1
                ? retry(circuit).callAsync(() -> staged(circuit, layers - 1, last))
                : circuit.callAsync(() -> staged(circuit, layers - 1, last));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 1", "1, 3", "2, 3", "3, 3", "1, 5", "2, 5", "3, 5"})
    void opensAndClosesAfterAsManyCallsAsInOneLayer(int layers, int probes) throws IOException {
        Circuit circuit = circuit(probes);
        fail(circuit, layers, 9);
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
        assertThat(circuit.snapshot().calls()).isEqualTo(9);
        time.advance(Duration.ofSeconds(2));
        fail(circuit, layers, 1);
        assertThat(circuit.state()).isEqualTo(CircuitState.OPEN);
        time.advance(Duration.ofSeconds(5));
        for (int i = 0; i < probes; i++) {
            assertThat(circuit.state()).isEqualTo(CircuitState.HALF_OPEN);
            assertThat(layered(circuit, layers, () -> "stock")).isEqualTo("stock");
        }
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
        assertThat(circuit.snapshot().rejected()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "2, 5, 1", "3, 30, 1", "2, 300, 3", "3, 300, 5", "1, 300, 5", "2, 30, 5", "3, 5, 3"})
    void callersAtTheSameTimeCloseItInOneRound(int layers, int callers, int probes) throws IOException {
        Circuit circuit = circuit(probes);
        fail(circuit, layers, 9);
        time.advance(Duration.ofSeconds(2));
        fail(circuit, layers, 1);
        time.advance(Duration.ofSeconds(5));
        List<CompletableFuture<String>> running = new ArrayList<>();
        int calls = Math.max(callers, probes);
        for (int i = 0; i < calls; i++) {
            try {
                CompletableFuture<String> last = new CompletableFuture<>();
                staged(circuit, layers, last);
                running.add(last);
            } catch (CircuitOpenException rejected) {
                // counted by the circuit
            }
        }
        running.forEach(last -> last.complete("stock"));
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
        assertThat(circuit.snapshot().rejected()).isEqualTo(calls - probes);
    }

    @Test
    void anAttemptTakesItsPermitToOtherThreads() throws IOException {
        Circuit circuit = circuit(1);
        Retry retry = retry(circuit);
        halfOpen(circuit);
        String result = retry.call(() -> {
            RetryContext attempt = RetryContext.current().orElseThrow();
            return AtOnceThread.run(() -> attempt.call(() -> retry.call(() -> circuit.call(() -> "stock"))));
        });
        assertThat(result).isEqualTo("stock");
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
    }

    @Test
    void whatOutlivesItsAttemptDoesNotPassThroughAnOpenCircuit() throws IOException {
        Circuit circuit = circuit(1);
        RetryContext[] left = new RetryContext[1];
        retry(circuit).call(() -> left[0] = RetryContext.current().orElseThrow());
        circuit.forceOpen();
        assertThatThrownBy(() -> left[0].call(() -> circuit.call(() -> "late")))
                .isInstanceOf(CircuitOpenException.class);
        assertThatThrownBy(() -> left[0].call(() -> retry(circuit).call(() -> "late")))
                .isInstanceOf(CircuitOpenException.class);
    }

    @Test
    void anAttemptHoldsNothingAfterItsEnd() throws IOException {
        Circuit circuit = circuit(1);
        layered(circuit, 3, () -> "stock");
        fail(circuit, 3, 1);
        circuit.forceOpen();
        assertThatThrownBy(() -> layered(circuit, 2, () -> "late")).isInstanceOf(CircuitOpenException.class);
    }

    @Test
    void aRejectionByAnotherCircuitOrAFullPoolSaysNothing() {
        Circuit inner = circuit(1);
        Circuit outer = circuit(1);
        inner.forceOpen();
        assertThatThrownBy(() -> outer.call(() -> inner.call(() -> "stock"))).isInstanceOf(CircuitOpenException.class);
        assertThatThrownBy(() -> retry(outer).call(() -> retry(inner).call(() -> "stock")))
                .isInstanceOf(CircuitOpenException.class);
        assertThatThrownBy(() -> retry(outer).call(() -> {
                    throw new RejectedExecutionException("full");
                }))
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(outer.snapshot().calls()).isZero();
    }

    @Test
    void whatAnInnerPolicyGaveUpOnIsCountedOnce() {
        Circuit outer = circuit(1);
        Circuit inner = circuit(1);
        RetryPolicy twice = RetryPolicy.builder().maxAttempts(2).build();
        Retry withOwn = Retry.builder("own")
                .policy(twice)
                .circuit(inner)
                .timeSource(time)
                .build();
        Retry withSame = Retry.builder("same")
                .policy(twice)
                .circuit(outer)
                .timeSource(time)
                .build();
        assertThatThrownBy(() -> retry(outer).call(() -> withOwn.call(ReentrantCircuitTests::refuse)))
                .isInstanceOf(ConnectException.class);
        assertThat(inner.snapshot().calls()).isEqualTo(2);
        assertThat(outer.snapshot().calls()).isZero();
        assertThatThrownBy(() -> retry(outer).call(() -> withSame.call(ReentrantCircuitTests::refuse)))
                .isInstanceOf(ConnectException.class);
        assertThat(outer.snapshot().calls()).isEqualTo(1);
    }

    /** Else nobody counts it: the inner use passes within the outermost attempt, to which what is nested says nothing. */
    @Test
    void whatAnotherCircuitInBetweenHasCountedIsCountedByTheOutermostAttemptToo() {
        Circuit outer = circuit(1);
        Circuit between = circuit(1);
        Retry retrying = Retry.builder("between")
                .policy(RetryPolicy.builder().maxAttempts(2).build())
                .circuit(between)
                .timeSource(time)
                .build();
        assertThatThrownBy(() ->
                        retry(outer).call(() -> retrying.call(() -> retry(outer).call(ReentrantCircuitTests::refuse))))
                .isInstanceOf(ConnectException.class);
        assertThat(between.snapshot().failures()).isEqualTo(2);
        assertThat(outer.snapshot().failures()).isEqualTo(1);
    }

    /** A filter that guards an application, for example, and another one that knows how long the caller waits. */
    @Test
    void aDeadlineFromOutsideEndsNoHoldOfACircuitAlone() throws IOException {
        Circuit circuit = circuit(1);
        halfOpen(circuit);
        String result = circuit.call(() -> {
            try (Scope scope = CallerDeadline.in(Duration.ofSeconds(1), time).enter()) {
                return retry(circuit).call(() -> "stock");
            }
        });
        assertThat(result).isEqualTo("stock");
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
    }

    @Test
    void theCircuitOfAnotherKeyIsAnotherCircuit() throws IOException {
        KeyedCircuits<Circuit> circuits =
                KeyedCircuits.of("inventory", circuit(1).policy(), time);
        circuits.get("eu");
        circuits.get("us");
        circuits.halfOpen();
        String result = circuits.get("eu")
                .call(() -> circuits.get("us").call(() -> circuits.get("eu").call(() -> "stock")));
        assertThat(result).isEqualTo("stock");
        assertThat(circuits.all().values())
                .hasSize(2)
                .allSatisfy(circuit -> assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED));
    }

    private void halfOpen(Circuit circuit) {
        circuit.halfOpen();
    }

    private static String refuse() throws IOException {
        throw new ConnectException("refused");
    }

    private void fail(Circuit circuit, int layers, int calls) {
        for (int i = 0; i < calls; i++) {
            assertThatThrownBy(() -> layered(circuit, layers, ReentrantCircuitTests::refuse))
                    .isInstanceOf(ConnectException.class);
        }
    }

    /** Runs a body on a thread of its own and waits for it. */
    private static final class AtOnceThread {

        static <T> T run(ThrowingCallable<T, IOException> body) throws IOException {
            CompletableFuture<T> result = new CompletableFuture<>();
            Thread thread = new Thread(() -> {
                try {
                    result.complete(body.call());
                } catch (Throwable failure) {
                    result.completeExceptionally(failure);
                }
            });
            thread.start();
            return result.join();
        }
    }
}
