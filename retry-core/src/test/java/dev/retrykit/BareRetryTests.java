package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.Scope;
import dev.retrykit.event.StopReason;
import dev.retrykit.time.TimeSource;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A retry that is bounded by its attempts alone: it asks for the time when it needs it, and not before. */
class BareRetryTests {

    private static final Duration FOR_EVER = Duration.ofDays(100_000);
    private static final Duration DELAY = Duration.ofMillis(100);

    private final CountingClock time = new CountingClock();
    private final Retry bare = bare(time).build();
    private final Retry limited = Retry.builder("limited")
            .timeSource(time)
            .policy(policy().timeBudget(Duration.ofSeconds(5)).build())
            .build();

    private static RetryPolicy.Builder policy() {
        return RetryPolicy.builder()
                .maxAttempts(3)
                .backoff(BackoffPolicy.fixed(DELAY))
                .jitter(Jitter.NONE);
    }

    private static Retry.Builder bare(TimeSource time) {
        return Retry.builder("bare")
                .timeSource(time)
                .policy(policy().timeBudget(FOR_EVER).build())
                .budget(RetryBudget.of("bare", BudgetPolicy.unlimited(), time));
    }

    @Test
    void doesNotReadTheClockForAFirstAttemptThatSucceeds() {
        int before = time.readings;
        assertThat(bare.<String, RuntimeException>call(() -> "done")).isEqualTo("done");
        assertThat(time.readings).isEqualTo(before);
    }

    @Test
    void readsItWhereSomethingIsLimitedOrCounted() {
        CircuitPolicy circuit = CircuitPolicy.defaults();
        List<Retry> others = List.of(
                limited,
                bare(time)
                        .budget(RetryBudget.of("bare", BudgetPolicy.defaults(), time))
                        .build(),
                bare(time).circuit(Circuit.of("circuit", circuit, time)).build(),
                bare(time).counters(new RetryCounters()).build());
        for (Retry other : others) {
            int before = time.readings;
            other.run(() -> {});
            assertThat(time.readings).isGreaterThan(before);
        }
    }

    @Test
    void retriesLikeAnyOther() {
        List<Duration> begun = new ArrayList<>();
        ConnectException failure = new ConnectException("refused");
        Throwable thrown = catchThrowable(() -> bare.run(() -> {
            begun.add(time.elapsed());
            time.advance(Duration.ofSeconds(1));
            throw failure;
        }));
        assertThat(thrown).isSameAs(failure);
        assertThat(begun).containsExactly(Duration.ZERO, Duration.ofMillis(1_100), Duration.ofMillis(2_200));
        RetryStopped stopped = (RetryStopped) thrown.getSuppressed()[0];
        assertThat(stopped.reason()).isEqualTo(StopReason.EXHAUSTED);
        assertThat(stopped.attempts()).isEqualTo(3);
        assertThat(stopped.elapsed()).as("since the end of the first attempt").isEqualTo(Duration.ofMillis(2_200));
    }

    @Test
    void isAnAttemptWithAContextLikeAnyOther() {
        bare.run(() -> {
            time.advance(Duration.ofHours(1));
            RetryContext context = RetryContext.current().orElseThrow();
            assertThat(context.policy()).isEqualTo("bare");
            assertThat(context.attempt()).isOne();
            assertThat(context.timeLeft()).isGreaterThan(Duration.ofDays(50_000));
        });
        assertThat(RetryContext.current()).isEmpty();
    }

    @Test
    void forbidsItsRetryFromTheFirstAttempt() {
        List<Integer> attempts = new ArrayList<>();
        assertThatThrownBy(() -> bare.run(() -> {
                    RetryContext context = RetryContext.current().orElseThrow();
                    attempts.add(context.attempt());
                    context.forbidRetry();
                    throw new ConnectException("refused");
                }))
                .isInstanceOf(ConnectException.class);
        assertThat(attempts).containsExactly(1);
    }

    @Test
    void doesNotCutACallInsideOfIt() {
        bare.run(() -> limited.run(() -> assertThat(timeLeft()).isEqualTo(Duration.ofSeconds(5))));
        bare.run(() -> {
            RetryContext.current();
            limited.run(() -> assertThat(timeLeft()).isEqualTo(Duration.ofSeconds(5)));
        });
    }

    @Test
    void endsWithTheCallAroundIt() {
        limited.run(() -> bare.run(() -> assertThat(timeLeft()).isEqualTo(Duration.ofSeconds(5))));
        limited.run(() -> bare.run(() -> bare.run(() -> assertThat(timeLeft()).isEqualTo(Duration.ofSeconds(5)))));
        bare.run(() -> limited.run(() -> bare.run(() -> assertThat(timeLeft()).isEqualTo(Duration.ofSeconds(5)))));
    }

    @Test
    void endsWithADeadlineFromOutside() {
        try (Scope ignored = CallerDeadline.in(Duration.ofSeconds(2), time).enter()) {
            bare.run(() -> assertThat(timeLeft()).isEqualTo(Duration.ofSeconds(2)));
        }
    }

    @Test
    void stopsByADeadlineThatItGotMeanwhile() {
        List<Integer> attempts = new ArrayList<>();
        assertThatThrownBy(() -> bare.run(() -> {
                    attempts.add(attempts.size() + 1);
                    bare.change(policy().timeBudget(Duration.ofMillis(50)).build());
                    throw new ConnectException("refused");
                }))
                .isInstanceOf(ConnectException.class);
        assertThat(attempts).as("a delay of 100 ms doesn't fit into 50").containsExactly(1);
    }

    @Test
    void nestsInAnotherOfItsKind() {
        bare.run(() -> bare.run(() -> {
            assertThat(RetryContext.current().orElseThrow().timeLeft()).isGreaterThan(Duration.ofDays(50_000));
            limited.run(() -> assertThat(timeLeft()).isEqualTo(Duration.ofSeconds(5)));
        }));
        assertThat(RetryContext.current()).isEmpty();
    }

    private static Duration timeLeft() {
        return RetryContext.current().orElseThrow().timeLeft();
    }
}
