package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.event.AttemptResult;
import dev.retrykit.event.CallOutcome;
import dev.retrykit.event.DelaySource;
import dev.retrykit.event.StopReason;
import dev.retrykit.time.ManualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryCountersTests {

    private final ManualTime time = new ManualTime();
    private final RetryCounters counters = new RetryCounters();
    private final Circuit circuit = Circuit.of("counted", CircuitPolicy.defaults(), time);
    private final Retry retry = Retry.builder("counted")
            .policy(Scenario.plainPolicy()
                    .maxAttempts(6)
                    .attemptTimeout(Duration.ofSeconds(1))
                    .build())
            .budget(RetryBudget.of("counted", BudgetPolicy.unlimited(), time))
            .circuit(circuit)
            .timeSource(time)
            .counters(counters)
            .build();

    /** Fails so many times, then succeeds; each attempt takes 10 ms. */
    private void callThatFails(int times, Throwable failure) {
        int[] attempts = {0};
        Throwable thrown = catchThrowable(() -> retry.run(() -> {
            time.advance(Duration.ofMillis(10));
            if (attempts[0]++ < times) {
                throw failure;
            }
        }));
        assertThat(thrown == null).isEqualTo(attempts[0] > times);
    }

    @Test
    void areZeroInTheBeginning() {
        assertThat(counters.attempts()).isZero();
        assertThat(counters.calls(CallOutcome.SUCCESS)).isZero();
        assertThat(counters.stops(StopReason.SUCCESS)).isZero();
    }

    @Test
    void aFirstSuccessIsCountedOnceAndSeenEverywhere() {
        callThatFails(0, new ConnectException("never thrown"));
        assertThat(counters.calls(CallOutcome.SUCCESS)).isEqualTo(1);
        assertThat(counters.callNanos(CallOutcome.SUCCESS)).isEqualTo(10_000_000);
        assertThat(counters.attempts(1, AttemptResult.SUCCESS)).isEqualTo(1);
        assertThat(counters.attempts()).isEqualTo(1);
        assertThat(counters.stops(StopReason.SUCCESS)).isEqualTo(1);
    }

    @Test
    void attemptsAfterTheThirdShareABucket() {
        callThatFails(5, new ConnectException("again"));
        assertThat(counters.attempts(1, AttemptResult.RETRYABLE)).isEqualTo(1);
        assertThat(counters.attempts(2, AttemptResult.RETRYABLE)).isEqualTo(1);
        assertThat(counters.attempts(3, AttemptResult.RETRYABLE)).isEqualTo(1);
        assertThat(counters.attempts(4, AttemptResult.RETRYABLE)).isEqualTo(2);
        assertThat(counters.attempts(4, AttemptResult.SUCCESS)).isEqualTo(1);
        assertThat(counters.calls(CallOutcome.RECOVERED)).isEqualTo(1);
        assertThat(counters.callNanos(CallOutcome.RECOVERED)).isEqualTo(560_000_000);
        assertThat(counters.delays(DelaySource.BACKOFF)).isEqualTo(5);
        assertThat(counters.delayNanos(DelaySource.BACKOFF)).isEqualTo(500_000_000);
    }

    @Test
    void aTimeoutIsATimeoutWhateverThePolicyMakesOfIt() {
        RetryCounters own = new RetryCounters();
        Retry strict = Retry.builder("strict")
                .policy(Scenario.plainPolicy()
                        .attemptTimeout(Duration.ofSeconds(1))
                        .knownFailures(false)
                        .retryOn(ConnectException.class)
                        .build())
                .timeSource(time)
                .counters(own)
                .build();
        assertThat(catchThrowable(
                        () -> strict.run(() -> time.sleep(Duration.ofHours(1).toNanos()))))
                .isNotNull();
        assertThat(own.attempts(1, AttemptResult.TIMEOUT)).isEqualTo(1);
        assertThat(own.stops(StopReason.NOT_RETRYABLE)).isEqualTo(1);
    }

    @Test
    void allNumbersAddUpAfterManyCalls() {
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            Throwable failure = random.nextInt(4) == 0 ? new IllegalStateException("no") : new ConnectException("yes");
            callThatFails(Math.max(0, random.nextInt(12) - 4), failure);
            if (random.nextInt(50) == 0) {
                circuit.reset();
            }
        }
        long calls = 0;
        for (CallOutcome outcome : CallOutcome.values()) {
            calls += counters.calls(outcome);
            assertThat(counters.calls(outcome)).as(outcome.name()).isPositive();
        }
        long stops = 0;
        for (StopReason reason : StopReason.values()) {
            stops += counters.stops(reason);
        }
        long attempts = 0;
        for (int bucket = 1; bucket <= RetryCounters.ATTEMPT_BUCKETS; bucket++) {
            for (AttemptResult result : AttemptResult.values()) {
                attempts += counters.attempts(bucket, result);
            }
        }
        assertThat(stops).isEqualTo(calls).isEqualTo(2_000);
        assertThat(attempts).isEqualTo(counters.attempts());
        assertThat(attempts)
                .as("each attempt is a call's first or follows a delay that wasn't in vain")
                .isLessThanOrEqualTo(
                        calls - counters.calls(CallOutcome.REJECTED) + counters.delays(DelaySource.BACKOFF));
        long successes = 0;
        for (int bucket = 1; bucket <= RetryCounters.ATTEMPT_BUCKETS; bucket++) {
            successes += counters.attempts(bucket, AttemptResult.SUCCESS);
        }
        assertThat(successes).isEqualTo(counters.stops(StopReason.SUCCESS));
    }
}
