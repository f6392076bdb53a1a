package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.budget.RetryBudget.Asking;
import dev.retrykit.budget.RetryBudget.Token;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitOpenException;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.time.ManualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BudgetInCallsTests {

    private final ManualTime time = new ManualTime();
    private final Random random = new Random(1);

    private static class NotThere extends Exception {
        private static final long serialVersionUID = 1;
    }

    private static final Verdict POLL = Verdict.of(Verdict.Kind.RETRYABLE, Signal.SUCCESS);

    private RetryPolicy.Builder poll(int attempts) {
        return RetryPolicy.builder()
                .maxAttempts(attempts)
                .timeBudget(Duration.ofHours(1))
                .backoff(Duration.ofMillis(100), Duration.ofMillis(100))
                .jitter(Jitter.NONE)
                .classifier(failure -> failure instanceof NotThere ? POLL : Verdict.retryable());
    }

    private Retry.Builder retry(RetryPolicy.Builder policy, RetryBudget budget) {
        return Retry.builder("shop")
                .policy(policy.build())
                .budget(budget)
                .timeSource(time)
                .random(random)
                .executor(Runnable::run);
    }

    /** Empties the budget. */
    private void outage(RetryBudget budget) {
        for (int i = 0; i < 100; i++) {
            budget.record(Signal.FAILURE, 0, time.nanoTime());
        }
        time.advance(Duration.ofSeconds(2));
        while (budget.tryAcquire(time.nanoTime()) != null) {}
        budget.record(Signal.FAILURE, 0, time.nanoTime());
        time.advance(Duration.ofSeconds(120));
        for (int i = 0; i < 100; i++) {
            budget.record(Signal.FAILURE, 0, time.nanoTime());
        }
    }

    /** A poll (404 is retried) is the probe: each of its answers proves anew, and 9 calls of the dead dependency retry for it. */
    @Test
    void aCallProvesOnce() {
        RetryBudget budget = RetryBudget.of("b", BudgetPolicy.defaults(), time);
        outage(budget);
        AtomicInteger attempts = new AtomicInteger();
        Retry retry = retry(poll(10), budget).build();
        assertThatThrownBy(() -> retry.call(() -> {
                    if (attempts.getAndIncrement() == 0) {
                        throw new ConnectException();
                    }
                    throw new NotThere();
                }))
                .isInstanceOf(NotThere.class);
        assertThat(attempts).hasValue(10);
        int proven = 0;
        for (int i = 0; i < 200; i++) {
            budget.record(Signal.FAILURE, 0, time.nanoTime());
        }
        while (budget.tryAcquire(new Asking(1, null, random), time.nanoTime()) == Token.PROBE) {
            proven++;
        }
        assertThat(proven).isLessThanOrEqualTo(1);
    }

    /** F, 404, 404, 404, …: each answer forgives the one failure again. */
    @Test
    void aFailureIsForgivenOnce() {
        RetryBudget budget = RetryBudget.of("b", BudgetPolicy.of(0.1, Duration.ofSeconds(10), 1_000), time);
        AtomicInteger attempts = new AtomicInteger();
        retry(poll(30), budget).build();
        Retry retry = retry(poll(30), budget).build();
        assertThatThrownBy(() -> retry.call(() -> {
                    if (attempts.getAndIncrement() == 0) {
                        throw new ConnectException();
                    }
                    throw new NotThere();
                }))
                .isInstanceOf(NotThere.class);
        for (int i = 0; i < 28; i++) {
            budget.record(Signal.FAILURE, 0, time.nanoTime());
        }
        assertThat(budget.snapshot().attempts()).isEqualTo(29 + 28);
    }

    /** Attempts of before weren't counted, and can't be forgiven. */
    @Test
    void whatAnUnlimitedBudgetHasNotCountedIsNotForgiven() {
        RetryBudget budget = RetryBudget.of("b", BudgetPolicy.unlimited(), time);
        AtomicInteger attempts = new AtomicInteger();
        try {
            retry(poll(10), budget).build().call(() -> {
                if (attempts.getAndIncrement() < 9) {
                    throw new ConnectException();
                }
                budget.change(BudgetPolicy.defaults());
                return "";
            });
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        for (int i = 0; i < 9; i++) {
            budget.record(Signal.FAILURE, 0, time.nanoTime());
        }
        assertThat(budget.snapshot().attempts()).isEqualTo(10);
    }

    /** After an outage one call in flight at a time proves the next; who is cancelled breaks the chain for ten minutes. */
    @Test
    void aProvenRetryThatIsNeverMadeIsLeftToTheNextCall() {
        RetryBudget budget = RetryBudget.of("b", BudgetPolicy.defaults(), time);
        outage(budget);
        Token probe = budget.tryAcquire(new Asking(1, null, random), time.nanoTime());
        assertThat(probe).isEqualTo(Token.PROBE);
        budget.succeeded(Token.PROBE, time.nanoTime(), time.nanoTime());
        Token proven = budget.tryAcquire(new Asking(1, null, random), time.nanoTime());
        assertThat(proven).isEqualTo(Token.PROBE);
        budget.giveBack(Token.PROBE, time.nanoTime(), time.nanoTime());
        assertThat(budget.tryAcquire(new Asking(1, null, random), time.nanoTime()))
                .isEqualTo(Token.PROBE);
    }

    /** No delay needs chance here, and before this change none was asked for. */
    @Test
    void aChanceThatThrowsDoesNotReplaceTheFailure() {
        Retry retry = Retry.builder("hostile")
                .policy(RetryPolicy.builder()
                        .backoff(Duration.ofMillis(1), Duration.ofMillis(1))
                        .jitter(Jitter.NONE)
                        .build())
                .random(() -> {
                    throw new IllegalStateException("no entropy");
                })
                .timeSource(time)
                .build();
        assertThatThrownBy(() -> retry.call(() -> {
                    throw new ConnectException("down");
                }))
                .isInstanceOf(ConnectException.class);
    }

    /** An inner circuit with on-open: wait lets its caller wait, and rejects: that is nothing to the outer circuit. */
    @Test
    void aRejectionByAnotherCircuitIsNothingHoweverLongItTook() {
        Circuit outer = Circuit.of(
                "outer",
                CircuitPolicy.builder().slowCall(Duration.ofSeconds(1), 50).build(),
                time);
        Circuit inner = Circuit.of("inner", CircuitPolicy.defaults(), time);
        inner.forceOpen();
        Retry retry = retry(RetryPolicy.builder().maxAttempts(1), RetryBudget.of("b", BudgetPolicy.defaults(), time))
                .circuit(outer)
                .build();
        for (int i = 0; i < 30; i++) {
            assertThatThrownBy(() -> retry.call(() -> {
                        time.advance(Duration.ofSeconds(2));
                        return inner.call(() -> "");
                    }))
                    .isInstanceOf(CircuitOpenException.class);
        }
        assertThat(outer.snapshot().calls()).isZero();
        assertThat(outer.state()).isEqualTo(CircuitState.CLOSED);
    }
}
