package dev.retrykit.circuit;

import static dev.retrykit.circuit.CircuitRig.quick;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.Verdict;
import dev.retrykit.time.ManualTime;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** A circuit without a retry around it. */
class CircuitAloneTests {

    private final ManualTime time = new ManualTime();

    @Test
    void returnsWhatTheCallReturns() throws Exception {
        Circuit circuit = circuit(quick());
        assertThat(circuit.<String, Exception>call(() -> "stock")).isEqualTo("stock");
        assertThat(circuit.snapshot().calls()).isEqualTo(1);
        assertThat(circuit.snapshot().failures()).isZero();
    }

    @Test
    void throwsWhatTheCallThrows() {
        Circuit circuit = circuit(quick());
        IOException failure = new IOException("disk full");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> circuit.call(() -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(circuit.snapshot().failures()).isEqualTo(1);
    }

    @Test
    void runsWhatReturnsNothing() {
        Circuit circuit = circuit(quick());
        AtomicInteger runs = new AtomicInteger();
        circuit.run(runs::incrementAndGet);
        assertThat(runs).hasValue(1);
        assertThat(circuit.snapshot().calls()).isEqualTo(1);
    }

    @Test
    void nothingRunsWhileItIsOpen() {
        Circuit circuit = circuit(quick());
        circuit.forceOpen();
        AtomicInteger runs = new AtomicInteger();
        assertThatExceptionOfType(CircuitOpenException.class).isThrownBy(() -> circuit.run(runs::incrementAndGet));
        assertThatExceptionOfType(CircuitOpenException.class)
                .isThrownBy(() -> circuit.callAsync(() -> CompletableFuture.completedFuture(runs.incrementAndGet())));
        assertThat(runs).hasValue(0);
        assertThat(circuit.snapshot().rejected()).isEqualTo(2);
    }

    @Test
    void aCallAloneIsAFirstAttemptAndPassesWhereOnlyRetriesAreBlocked() throws Exception {
        Circuit circuit = circuit(quick().blocks(BlockScope.RETRIES));
        circuit.forceOpen();
        assertThat(circuit.<String, Exception>call(() -> "stock")).isEqualTo("stock");
        assertThat(circuit.snapshot().rejected()).isZero();
    }

    @Test
    void whatIsIgnoredWithItsSubtypesAndCausesIsNoFailure() {
        Circuit circuit = circuit(quick().ignore(IOException.class));
        fail(circuit, new FileNotFoundException(), 5);
        fail(circuit, new RuntimeException(new IOException()), 5);
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
        assertThat(circuit.snapshot().calls()).isEqualTo(10);
        assertThat(circuit.snapshot().failures()).isZero();
    }

    @Test
    void theCallersOwnMistakesAreNeutral() {
        Circuit circuit = circuit(quick());
        fail(circuit, new IllegalArgumentException("sku"), 5);
        fail(circuit, new SecurityException("access denied"), 5);
        fail(circuit, new CancellationException(), 5);
        fail(circuit, new InterruptedException(), 5);
        assertThat(circuit.snapshot().calls()).isZero();
    }

    @Test
    void aPermanentAnswerShowsThatTheDependencyWorks() {
        Circuit circuit = Circuit.builder("answers")
                .policy(quick().build())
                .timeSource(time)
                .classifier(failure -> Verdict.ofStatus(404))
                .build();
        fail(circuit, new RuntimeException("404"), 10);
        assertThat(circuit.snapshot().calls()).isEqualTo(10);
        assertThat(circuit.snapshot().failures()).isZero();
    }

    @Test
    void errorsAndUnknownFailuresCount() {
        Circuit circuit = circuit(quick());
        fail(circuit, new StackOverflowError(), 1);
        fail(circuit, new Exception("?"), 1);
        fail(circuit, new TimeoutException(), 1);
        assertThat(circuit.state()).isEqualTo(CircuitState.OPEN);
    }

    @Test
    void aClassifierThatThrowsMakesItAFailureAndHidesNothing() {
        for (Throwable thrown : new Throwable[] {new IllegalStateException("broken"), new LinkageError("broken")}) {
            Circuit circuit = Circuit.builder("broken")
                    .policy(quick().build())
                    .timeSource(time)
                    .classifier(throwing(thrown))
                    .build();
            fail(circuit, new IOException("the call's own"), 1);
            assertThat(circuit.snapshot().failures()).isEqualTo(1);
            CompletableFuture<String> stage = new CompletableFuture<>();
            circuit.callAsync(() -> stage);
            stage.completeExceptionally(new IOException("the call's own"));
            assertThat(circuit.snapshot().failures()).isEqualTo(2);
        }
    }

    @Test
    void slowCallsAreTimed() {
        Circuit circuit = circuit(quick().slowCall(Duration.ofSeconds(1), 100));
        circuit.run(() -> time.advance(Duration.ofSeconds(1)));
        circuit.run(() -> time.advance(Duration.ofMillis(999)));
        assertThat(circuit.snapshot().slowCalls()).isEqualTo(1);
    }

    @Test
    void aProbeThatOutlivesTheLeaseIsLateAlthoughNothingIsTimed() {
        Circuit circuit = circuit(quick().probes(1));
        circuit.halfOpen();
        circuit.run(() -> time.advance(Duration.ofSeconds(10)));
        assertThat(circuit.state()).isEqualTo(CircuitState.HALF_OPEN);
        circuit.run(() -> time.advance(Duration.ofSeconds(9)));
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
    }

    @Test
    void anAsynchronousCallEndsWhenItsStageDoes() {
        Circuit circuit = circuit(quick());
        CompletableFuture<String> stage = new CompletableFuture<>();
        CompletionStage<String> result = circuit.callAsync(() -> stage);
        assertThat(circuit.snapshot().calls()).isZero();
        stage.complete("stock");
        assertThat(result).isCompletedWithValue("stock");
        assertThat(circuit.snapshot().calls()).isEqualTo(1);
    }

    @Test
    void aStageThatFailsIsJudgedByWhatReallyFailed() {
        Circuit circuit = circuit(quick());
        CompletableFuture<String> inner = new CompletableFuture<>();
        circuit.callAsync(() -> inner.thenApply(String::trim));
        inner.completeExceptionally(new IllegalArgumentException("sku"));
        assertThat(circuit.snapshot().calls()).isZero();
        CompletableFuture<String> other = new CompletableFuture<>();
        circuit.callAsync(() -> other.thenApply(String::trim));
        other.completeExceptionally(new IOException());
        assertThat(circuit.snapshot().failures()).isEqualTo(1);
    }

    @Test
    void aCancelledStageGivesItsPermitBackAndDecidesNothing() {
        Circuit circuit = circuit(quick().probes(1));
        circuit.halfOpen();
        CompletableFuture<String> stage = new CompletableFuture<>();
        circuit.callAsync(() -> stage);
        assertThat(circuit.tryAcquire(time.nanoTime())).isNull();
        stage.cancel(true);
        assertThat(circuit.state()).isEqualTo(CircuitState.HALF_OPEN);
        assertThat(circuit.tryAcquire(time.nanoTime())).isNotNull();
    }

    @Test
    void aCallerWhoCancelsCancelsTheStageAndFreesThePlaceOfAProbe() {
        Circuit circuit = circuit(quick().minimumCalls(1).probes(1));
        circuit.halfOpen();
        CompletableFuture<String> stage = new CompletableFuture<>();
        CompletableFuture<String> call = circuit.callAsync(() -> stage);
        assertThat(call.cancel(true)).isTrue();
        assertThat(stage).isCancelled();
        assertThat(circuit.state()).isEqualTo(CircuitState.HALF_OPEN);
        assertThat(circuit.tryAcquire(time.nanoTime())).as("the place is free").isNotNull();
        assertThat(circuit.tryAcquire(time.nanoTime())).as("once").isNull();
    }

    @Test
    void anOwnerWhoCompletesTheCallHimselfEndsIt() {
        Circuit circuit = circuit(quick());
        CompletableFuture<String> stage = new CompletableFuture<>();
        CompletableFuture<String> call = circuit.callAsync(() -> stage);
        assertThat(call.complete("mine")).isTrue();
        assertThat(stage).isCancelled();
        CompletableFuture<String> other = new CompletableFuture<>();
        CompletableFuture<String> late = circuit.callAsync(() -> other);
        assertThat(late.completeExceptionally(new TimeoutException())).isTrue();
        assertThat(other).isCancelled();
        assertThat(late.completeExceptionally(new TimeoutException())).isFalse();
        assertThat(circuit.snapshot().calls()).as("neither told anything").isZero();
        assertThat(call).isCompletedWithValue("mine");
    }

    @Test
    void cancellingWhatDependsOnTheCallCancelsNothing() {
        Circuit circuit = circuit(quick());
        CompletableFuture<String> stage = new CompletableFuture<>();
        CompletableFuture<String> call = circuit.callAsync(() -> stage);
        assertThat(call.thenApply(result -> result).cancel(true)).isTrue();
        stage.complete("result");
        assertThat(call).isCompletedWithValue("result");
        assertThat(circuit.snapshot().calls()).isEqualTo(1);
    }

    @Test
    void aStageThatCantBeCancelledIsLeftAlone() {
        Circuit circuit = circuit(quick());
        CompletableFuture<String> stage = new CompletableFuture<>() {
            @Override
            public CompletableFuture<String> toCompletableFuture() {
                throw new UnsupportedOperationException();
            }
        };
        CompletableFuture<String> call = circuit.callAsync(() -> stage);
        assertThat(call.cancel(true)).isTrue();
        assertThat(stage).isNotDone();
        CompletableFuture<String> stubborn = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterruptIfRunning) {
                throw new IllegalStateException("no");
            }
        };
        assertThat(circuit.callAsync(() -> stubborn).cancel(true)).isTrue();
        stage.complete("late");
        assertThat(circuit.snapshot().calls()).isZero();
    }

    @Test
    void whatFailsBeforeThereIsAStageIsAFailure() {
        Circuit circuit = circuit(quick());
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> circuit.callAsync(() -> {
                    throw new IOException("no connection");
                }));
        assertThatNullPointerException()
                .isThrownBy(() -> circuit.callAsync(() -> null))
                .withMessage("the call returned no stage");
        assertThat(circuit.snapshot().failures()).isEqualTo(2);
    }

    private Circuit circuit(CircuitPolicy.Builder policy) {
        return Circuit.of("inventory", policy.build(), time);
    }

    private static void fail(Circuit circuit, Throwable failure, int times) {
        for (int i = 0; i < times; i++) {
            assertThatExceptionOfType(Throwable.class)
                    .isThrownBy(() -> circuit.call(() -> {
                        throw failure;
                    }))
                    .isSameAs(failure);
        }
    }

    private static FailureClassifier throwing(Throwable thrown) {
        return failure -> {
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) thrown;
        };
    }

    @Test
    void heedsWhatAFailureTellsInGeneral() {
        Circuit circuit = circuit(quick().ignore(FileNotFoundException.class));
        assertThat(circuit.policy().ignores(new IOException())).isFalse();
        assertThat(circuit.policy().ignores(new FileNotFoundException())).isTrue();
    }

    /** A stage of one's own may tell twice that it has ended, or refuse to tell. */
    @Test
    void aStageGivesItsPermitBackOnceWhateverItDoes() {
        for (boolean refuses : new boolean[] {false, true}) {
            Circuit circuit = circuit(quick());
            CompletableFuture<String> telling = new CompletableFuture<>() {
                @Override
                public <U> CompletableFuture<U> handle(BiFunction<? super String, Throwable, ? extends U> action) {
                    U once = action.apply("once", null);
                    U twice = action.apply("twice", null);
                    if (refuses) {
                        throw new IllegalStateException("no dependents");
                    }
                    return CompletableFuture.completedFuture(once == null ? twice : once);
                }
            };
            try {
                circuit.callAsync(() -> telling);
            } catch (IllegalStateException refused) {
                assertThat(refuses).isTrue();
            }
            assertThat(circuit.snapshot().calls()).isEqualTo(1);
        }
    }
}
