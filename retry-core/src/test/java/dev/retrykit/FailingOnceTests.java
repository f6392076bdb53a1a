package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.function.ThrowingCallable;
import dev.retrykit.time.TimeSource;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a call costs that fails once and then succeeds, without a delay. */
class FailingOnceTests {

    private static final int CALLS = 20_000;

    /** So that the default budget grants each retry. */
    private static final int SUCCESSES_BETWEEN = 19;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final ConnectException failure = new ConnectException("refused");
    private final CountingClock clock = new CountingClock();
    private int attempts;

    private static RetryPolicy.Builder policy() {
        return RetryPolicy.builder()
                .maxAttempts(3)
                .backoff(BackoffPolicy.fixed(Duration.ZERO))
                .jitter(Jitter.NONE);
    }

    private static Retry.Builder bare(TimeSource time) {
        return Retry.builder("bare")
                .policy(policy().timeBudget(Duration.ofDays(100_000)).build())
                .budget(RetryBudget.of("bare", BudgetPolicy.unlimited(), time))
                .timeSource(time);
    }

    private static Retry.Builder standard(TimeSource time) {
        return Retry.builder("standard").policy(policy().build()).timeSource(time);
    }

    private static Retry.Builder full(TimeSource time) {
        return standard(time).counters(new RetryCounters()).circuit(Circuit.of("full", CircuitPolicy.defaults(), time));
    }

    private int readings(Retry retry) throws ConnectException {
        attempts = 0;
        int before = clock.readings;
        assertThat(retry.call(this::failFirst)).isEqualTo("done");
        return clock.readings - before;
    }

    private String failFirst() throws ConnectException {
        if (++attempts == 1) {
            throw failure;
        }
        return "done";
    }

    @Test
    void readsTheClockOnceWhereNothingIsLimitedOrCounted() throws Exception {
        assertThat(readings(bare(clock).build())).isEqualTo(1);
    }

    @Test
    void readsItThreeTimesElsewhere() throws Exception {
        assertThat(readings(standard(clock).build())).isEqualTo(3);
        assertThat(readings(full(clock).build())).isEqualTo(3);
    }

    @Test
    void readsItAgainForTheRetryIfOthersWereToldOfTheFailure() throws Exception {
        assertThat(readings(standard(clock).listener(event -> {}).build())).isEqualTo(4);
    }

    @Test
    void aRetryBeginsWhenAListenerHasBeenToldAndNotBefore() {
        List<Duration> left = new ArrayList<>();
        Retry retry = standard(clock)
                .listener(event -> clock.advance(Duration.ofSeconds(1)))
                .build();
        retry.run(() -> {
            left.add(RetryContext.current().orElseThrow().timeLeft());
            if (left.size() == 1) {
                throw new UncheckedIOException(failure);
            }
        });
        assertThat(left.get(0).minus(left.get(1))).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void makesNoMoreThanItsCallAndTheDecision() throws Exception {
        assertThat(bytesPerFailure(bare(TimeSource.system()).build(), 0)).isLessThanOrEqualTo(250);
    }

    /** Whether the budget pays by an earned token or in the first second of a trouble. */
    @Test
    void makesLittleMoreWithTheDefaultBudget() throws Exception {
        assertThat(bytesPerFailure(standard(TimeSource.system()).build(), SUCCESSES_BETWEEN))
                .isLessThanOrEqualTo(250);
    }

    /** The permit of the retry and what nested calls see of it. */
    @Test
    void makesLittleMoreWithACircuitAndCounters() throws Exception {
        assertThat(bytesPerFailure(full(TimeSource.system()).build(), SUCCESSES_BETWEEN))
                .isLessThanOrEqualTo(450);
    }

    /** Of many calls, each of which fails once after so many that don't: the least of several rounds. */
    private long bytesPerFailure(Retry retry, int successes) throws ConnectException {
        ThrowingCallable<String, ConnectException> body = () -> {
            boolean fails = attempts-- <= 0;
            attempts = fails ? successes + 1 : attempts;
            if (fails) {
                throw failure;
            }
            return "done";
        };
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            attempts = 0;
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (int i = 0; i < CALLS * (successes + 1); i++) {
                retry.call(body);
            }
            least = Math.min(
                    least,
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before);
        }
        return least / CALLS;
    }
}
