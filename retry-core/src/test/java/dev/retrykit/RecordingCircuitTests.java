package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitOpenException;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.CircuitSnapshot;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.ResultClassifier;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.time.ManualTime;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which failures count in a circuit, with a retry around it and without. */
class RecordingCircuitTests {

    private final ManualTime time = new ManualTime();

    /** How a call goes through a circuit. */
    enum Style {
        RETRIED,
        RETRIED_STAGE,
        ALONE,
        ALONE_STAGE
    }

    /** A failure that carries a status. */
    private static final class Answered extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final int status;

        Answered(int status) {
            super("status " + status);
            this.status = status;
        }
    }

    private static final FailureClassifier STATUSES =
            failure -> failure instanceof Answered answered ? Verdict.ofStatus(answered.status) : null;

    private Circuit circuit(CircuitPolicy.Builder policy) {
        return Circuit.builder("inventory")
                .policy(policy.build())
                .timeSource(time)
                .classifier(failure -> {
                    Verdict verdict = STATUSES.classify(failure);
                    return verdict == null ? FailureClassifier.jdk().classify(failure) : verdict;
                })
                .build();
    }

    private CircuitSnapshot after(CircuitPolicy.Builder policy, Style style, Throwable failure) {
        Circuit circuit = circuit(policy);
        Retry retry = Retry.builder("inventory")
                .policy(RetryPolicy.builder()
                        .maxAttempts(1)
                        .classifier(STATUSES)
                        .build())
                .circuit(circuit)
                .timeSource(time)
                .build();
        Throwable thrown = catchThrowable(() -> {
            switch (style) {
                case RETRIED -> retry.call(() -> fail(failure));
                case RETRIED_STAGE -> retry.callAsync(() -> CompletableFuture.failedFuture(failure));
                case ALONE -> circuit.call(() -> fail(failure));
                case ALONE_STAGE -> circuit.callAsync(() -> CompletableFuture.failedFuture(failure));
            }
        });
        assertThat(thrown).isIn(null, failure);
        return circuit.snapshot();
    }

    private static Object fail(Throwable failure) throws IOException {
        if (failure instanceof IOException checked) {
            throw checked;
        }
        throw (RuntimeException) failure;
    }

    private void assertFailure(CircuitPolicy.Builder policy, Style style, Throwable failure) {
        CircuitSnapshot snapshot = after(policy, style, failure);
        assertThat(snapshot.calls()).isEqualTo(1);
        assertThat(snapshot.failures()).isEqualTo(1);
    }

    private void assertSuccess(CircuitPolicy.Builder policy, Style style, Throwable failure) {
        CircuitSnapshot snapshot = after(policy, style, failure);
        assertThat(snapshot.calls()).isEqualTo(1);
        assertThat(snapshot.failures()).isZero();
    }

    private void assertNothing(CircuitPolicy.Builder policy, Style style, Throwable failure) {
        assertThat(after(policy, style, failure).calls()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Style.class)
    void onlyWhatIsRecordedCounts(Style style) {
        CircuitPolicy.Builder policy =
                CircuitPolicy.builder().record(FileNotFoundException.class).recordStatuses(List.of(404, 401));

        assertFailure(policy, style, new FileNotFoundException());
        assertFailure(policy, style, new IllegalStateException(new FileNotFoundException()));
        assertFailure(policy, style, new Answered(404));
        assertFailure(policy, style, new Answered(401));
        assertSuccess(policy, style, new IOException());
        assertSuccess(policy, style, new Answered(503));
        assertSuccess(policy, style, new Answered(429));
        assertSuccess(policy, style, new Answered(410));
    }

    @ParameterizedTest
    @EnumSource(Style.class)
    void ignoreComesBeforeRecord(Style style) {
        CircuitPolicy.Builder policy = CircuitPolicy.builder()
                .record(IOException.class)
                .recordStatuses(List.of(500, 503))
                .ignore(FileNotFoundException.class)
                .ignoreStatuses(List.of(503))
                .ignoreIf(failure -> "expected".equals(failure.getMessage()));

        assertFailure(policy, style, new IOException());
        assertFailure(policy, style, new Answered(500));
        assertSuccess(policy, style, new FileNotFoundException());
        assertSuccess(policy, style, new Answered(503));
        assertSuccess(policy, style, new IOException("expected"));
    }

    @ParameterizedTest
    @EnumSource(Style.class)
    void predicatesAreAskedWithTheFailureItself(Style style) {
        CircuitPolicy.Builder policy = CircuitPolicy.builder().recordIf(failure -> failure instanceof IOException);

        assertFailure(policy, style, new IOException());
        assertSuccess(policy, style, new IllegalStateException(new IOException()));
    }

    @ParameterizedTest
    @EnumSource(Style.class)
    void whatSaysNothingSaysNothingWhateverIsRecorded(Style style) {
        CircuitPolicy.Builder all = CircuitPolicy.builder().record(Throwable.class);

        Circuit other = Circuit.of("other", CircuitPolicy.defaults(), time);
        CircuitOpenException rejection = other.rejection(time.nanoTime());
        assertNothing(all, style, rejection);
        assertNothing(all, style, new IllegalStateException(rejection));
        assertNothing(all, style, new RejectedExecutionException("full"));
        assertFailure(all, style, new IllegalArgumentException("of the caller's, but named"));
        assertNothing(CircuitPolicy.builder().record(IOException.class), style, new IllegalArgumentException());
    }

    @ParameterizedTest
    @EnumSource(Style.class)
    void aPredicateThatThrowsChangesNothing(Style style) {
        assertFailure(
                CircuitPolicy.builder()
                        .recordIf(failure -> {
                            throw new IllegalStateException("broken");
                        })
                        .ignoreIf(failure -> {
                            throw new IllegalStateException("broken");
                        }),
                style,
                new IOException());
    }

    @Test
    void aReturnedAnswerIsRecordedByItsStatus() {
        Circuit circuit = circuit(CircuitPolicy.builder().recordStatuses(List.of(404)));
        Retry retry = Retry.builder("inventory")
                .policy(RetryPolicy.builder().resultClassifier(new Answers()).build())
                .circuit(circuit)
                .timeSource(time)
                .build();

        assertThat(retry.<Integer, RuntimeException>call(() -> 404)).isEqualTo(404);
        assertThat(retry.<Integer, RuntimeException>call(() -> 200)).isEqualTo(200);
        assertThat(retry.callAsync(() -> CompletableFuture.completedFuture(404)))
                .isCompletedWithValue(404);

        assertThat(circuit.snapshot().calls()).isEqualTo(3);
        assertThat(circuit.snapshot().failures()).isEqualTo(2);
        assertThat(retry.budget().snapshot().successes()).isEqualTo(3);
    }

    /** Numbers are statuses. */
    private static final class Answers implements ResultClassifier {

        @Override
        public @Nullable Verdict classify(@Nullable Object result) {
            return null;
        }

        @Override
        public int status(@Nullable Object result) {
            return (Integer) result;
        }
    }

    @Test
    void retriesOfWhatIsNotRecordedArePaidFor() {
        Circuit circuit = circuit(CircuitPolicy.builder().record(FileNotFoundException.class));
        RetryBudget budget = RetryBudget.of("inventory", BudgetPolicy.of(0.1, Duration.ofSeconds(10), 1), time);
        Retry retry = Retry.builder("inventory")
                .policy(RetryPolicy.builder().retryOn(IOException.class).build())
                .circuit(circuit)
                .budget(budget)
                .timeSource(time)
                .build();

        assertThat(catchThrowable(() -> retry.run(() -> {
                    throw new IOException("busy");
                })))
                .isInstanceOf(IOException.class);

        assertThat(circuit.snapshot().failures()).isZero();
        assertThat(budget.snapshot().successes()).isZero();
        assertThat(budget.snapshot().granted()).isEqualTo(1);
    }

    @Test
    void whatAnInnerCircuitHasCountedIsNotCountedAgain() {
        Circuit outer = circuit(CircuitPolicy.builder().record(IOException.class));
        Retry facade = Retry.builder("facade").circuit(outer).timeSource(time).build();
        Retry inner = Retry.builder("inner")
                .policy(RetryPolicy.builder().retryOn(IOException.class).build())
                .circuit(Circuit.of("inner", CircuitPolicy.defaults(), time))
                .timeSource(time)
                .build();

        assertThat(catchThrowable(() -> facade.run(() -> inner.run(() -> {
                    throw new IOException("busy");
                }))))
                .isInstanceOf(IOException.class);

        assertThat(outer.snapshot().calls()).isZero();
    }

    @Test
    void aStatusIsOneOfHttp() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CircuitPolicy.builder().ignoreStatuses(List.of(404, 42)))
                .withMessage("statuses must be 100 to 599, but was 42");
    }

    @Test
    void classifiedAsNothingAndNamedItCounts() {
        assertThat(CircuitPolicy.builder()
                        .record(IOException.class)
                        .build()
                        .recorded()
                        .signal(Signal.NONE, new IOException(), 0))
                .isEqualTo(Signal.FAILURE);
    }
}
