package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.event.DelaySource;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.internal.decision.CallState;
import dev.retrykit.internal.decision.Decision;
import dev.retrykit.internal.decision.Decision.RetryIn;
import dev.retrykit.internal.decision.Decision.Stop;
import dev.retrykit.internal.decision.RetryMachine;
import dev.retrykit.time.Nanos;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryMachineTests {

    private static final long SECOND = 1_000_000_000;
    private static final long MILLI = 1_000_000;

    /** The smallest and the largest number a draw can give. */
    private static final RandomGenerator LOWEST = fraction(0.0);

    private static final RandomGenerator HIGHEST = fraction(Math.nextDown(1.0));

    private static RetryPolicy.Builder policy() {
        return RetryPolicy.builder()
                .maxAttempts(3)
                .backoff(BackoffPolicy.fixed(Duration.ofMillis(100)))
                .jitter(Jitter.NONE)
                .timeBudget(Duration.ofSeconds(30));
    }

    private static CallState afterAttempt(int attempt) {
        return new CallState(attempt, 0, 30 * SECOND, 0);
    }

    private static Verdict retryAfter(Duration least) {
        return Verdict.retryable().withRetryAfter(least);
    }

    private static CallState after(RetryIn retryIn) {
        return new CallState(1, 0, 30 * SECOND, retryIn.backoffNanos());
    }

    private static Decision next(RetryPolicy policy, CallState state, Verdict verdict) {
        return RetryMachine.next(policy.compiled(), state, verdict, 0, LOWEST);
    }

    @ParameterizedTest
    @CsvSource({
        "NOT_RETRYABLE,  NOT_RETRYABLE",
        "UNKNOWN,        NOT_RETRYABLE",
        "NOT_IDEMPOTENT, NOT_IDEMPOTENT",
        "VETOED,         VETOED",
        "INTERRUPTED,    INTERRUPTED",
    })
    void stopsForTheVerdictOfWhatMustNotBeRetried(Kind kind, StopReason reason) {
        assertThat(next(policy().build(), afterAttempt(1), Verdict.of(kind, Signal.FAILURE)))
                .isEqualTo(new Stop(reason));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 3", "3, 4", "1000, 1000"})
    void stopsWhenAllAttemptsWereMade(int maxAttempts, int attempt) {
        assertThat(next(policy().maxAttempts(maxAttempts).build(), afterAttempt(attempt), Verdict.retryable()))
                .isEqualTo(new Stop(StopReason.EXHAUSTED));
    }

    @ParameterizedTest
    @CsvSource({"3, 1", "3, 2", "1000, 999"})
    void retriesWhileAttemptsAreLeft(int maxAttempts, int attempt) {
        assertThat(next(policy().maxAttempts(maxAttempts).build(), afterAttempt(attempt), Verdict.retryable()))
                .isInstanceOf(RetryIn.class);
    }

    /** Each row answers no to its question and to all that come after it. */
    static Stream<Arguments> whereSeveralQuestionsHaveTheAnswerNo() {
        Verdict tooLong = retryAfter(Duration.ofSeconds(11));
        CallState lastAttempt = new CallState(3, 0, 1, 0);
        CallState noTimeLeft = new CallState(1, 0, 1, 0);
        return Stream.of(
                arguments(lastAttempt, tooLong.as(Kind.VETOED), StopReason.VETOED),
                arguments(lastAttempt, tooLong.as(Kind.NOT_IDEMPOTENT), StopReason.NOT_IDEMPOTENT),
                arguments(lastAttempt, tooLong, StopReason.EXHAUSTED),
                arguments(noTimeLeft, tooLong, StopReason.RETRY_AFTER_TOO_LONG),
                arguments(noTimeLeft, Verdict.retryable(), StopReason.TIME_BUDGET));
    }

    @ParameterizedTest
    @MethodSource("whereSeveralQuestionsHaveTheAnswerNo")
    void asksVerdictThenAttemptsThenRetryAfterThenTime(CallState state, Verdict verdict, StopReason first) {
        assertThat(next(policy().build(), state, verdict)).isEqualTo(new Stop(first));
    }

    @Test
    void delaysByTheBackoffAndRemembersIt() {
        CallState state = afterAttempt(1);
        assertThat(next(policy().build(), state, Verdict.retryable()))
                .isEqualTo(new RetryIn(100 * MILLI, DelaySource.BACKOFF, 100 * MILLI));
    }

    @ParameterizedTest
    @CsvSource({
        // left,  delay, fits
        "100,      99,   true",
        "100,     100,   false",
        "100,     101,   false",
        "1,         0,   true",
        "0,         0,   false",
        "-5,        0,   false",
    })
    void aDelayMustBeShorterThanWhatIsLeft(long leftMillis, long delayMillis, boolean fits) {
        RetryPolicy policy = policy().backoff(BackoffPolicy.fixed(Duration.ofMillis(delayMillis)))
                .build();
        CallState state = new CallState(1, 0, leftMillis * MILLI, 0);
        Decision decision = next(policy, state, Verdict.retryable());
        if (fits) {
            assertThat(decision).isEqualTo(new RetryIn(delayMillis * MILLI, DelaySource.BACKOFF, delayMillis * MILLI));
        } else {
            assertThat(decision).isEqualTo(new Stop(StopReason.TIME_BUDGET));
        }
    }

    @ParameterizedTest
    @CsvSource({
        // retry-after, backoff, least, most delay, source
        "1000,      100,     1000,  1100,       RETRY_AFTER",
        "100,       100,      100,   110,       RETRY_AFTER",
        "10,        100,      100,   100,       BACKOFF",
        "0,         100,      100,   100,       BACKOFF",
        "0,           0,        0,     0,       RETRY_AFTER",
        "10000,     100,    10000, 11000,       RETRY_AFTER",
        "20000,     100,    20000, 21000,       RETRY_AFTER",
    })
    void theLongerOfBackoffAndRetryAfterIsTheDelayAndRetryAfterIsSpreadUpwardOnly(
            long retryAfterMillis, long backoffMillis, long leastMillis, long mostMillis, DelaySource source) {
        RetryPolicy policy = policy().backoff(BackoffPolicy.fixed(Duration.ofMillis(backoffMillis)))
                .retryAfter(true, Duration.ofSeconds(20))
                .build();
        CallState state = afterAttempt(1);
        long after = backoffMillis * MILLI;
        Verdict verdict = retryAfter(Duration.ofMillis(retryAfterMillis));
        assertThat(RetryMachine.next(policy.compiled(), state, verdict, 0, LOWEST))
                .isEqualTo(new RetryIn(leastMillis * MILLI, source, after));
        assertThat(RetryMachine.next(policy.compiled(), state, verdict, 0, HIGHEST))
                .isEqualTo(new RetryIn(mostMillis * MILLI, source, after));
    }

    @Test
    void retryAfterIsNeverEarlyAndNeverMoreThanATenthLate() {
        RetryPolicy policy = policy().build();
        Random random = new Random(42);
        for (int i = 0; i < 10_000; i++) {
            long asked = random.nextLong(10 * SECOND + 1);
            Verdict verdict = retryAfter(Duration.ofNanos(asked));
            if (RetryMachine.next(policy.compiled(), afterAttempt(1), verdict, 0, random) instanceof RetryIn in
                    && in.source() == DelaySource.RETRY_AFTER) {
                assertThat(in.delayNanos()).isBetween(asked, asked + asked / 10);
            } else {
                assertThat(asked).isLessThan(100 * MILLI);
            }
        }
    }

    @Test
    void theBackoffCapDoesNotApplyToRetryAfter() {
        RetryPolicy policy = policy().backoff(
                        BackoffPolicy.exponential(Duration.ofMillis(10), 2, Duration.ofMillis(50)))
                .build();
        assertThat(next(policy, afterAttempt(1), retryAfter(Duration.ofSeconds(9))))
                .isEqualTo(new RetryIn(9 * SECOND, DelaySource.RETRY_AFTER, 10 * MILLI));
    }

    static Stream<Arguments> retryAfters() {
        return Stream.of(
                arguments(Duration.ofSeconds(10), false),
                arguments(Duration.ofSeconds(10).plusNanos(1), true),
                arguments(Duration.ofDays(1), true),
                arguments(Duration.ofSeconds(Long.MAX_VALUE), true),
                arguments(Duration.ofSeconds(-1), false));
    }

    @ParameterizedTest
    @MethodSource("retryAfters")
    void stopsWhenRetryAfterIsLongerThanAllowed(Duration asked, boolean tooLong) {
        Decision decision = next(policy().build(), afterAttempt(1), retryAfter(asked));
        if (tooLong) {
            assertThat(decision).isEqualTo(new Stop(StopReason.RETRY_AFTER_TOO_LONG));
        } else {
            assertThat(decision).isInstanceOf(RetryIn.class);
        }
    }

    @Test
    void aRetryAfterThatIsAllowedMayStillNotFitTheTimeBudget() {
        CallState state = new CallState(1, 0, 5 * SECOND, 0);
        assertThat(next(policy().build(), state, retryAfter(Duration.ofSeconds(5))))
                .isEqualTo(new Stop(StopReason.TIME_BUDGET));
    }

    @Test
    void theSpreadOfRetryAfterCountsAgainstTheTimeBudgetToo() {
        CallState state = new CallState(1, 0, 5 * SECOND + 1, 0);
        Verdict verdict = retryAfter(Duration.ofSeconds(5));
        assertThat(RetryMachine.next(policy().build().compiled(), state, verdict, 0, LOWEST))
                .isInstanceOf(RetryIn.class);
        assertThat(RetryMachine.next(policy().build().compiled(), state, verdict, 0, HIGHEST))
                .isEqualTo(new Stop(StopReason.TIME_BUDGET));
    }

    @Test
    void ignoresRetryAfterWhereThePolicyDoes() {
        RetryPolicy policy = policy().retryAfter(false, Duration.ZERO).build();
        assertThat(next(policy, afterAttempt(1), retryAfter(Duration.ofDays(1))))
                .isEqualTo(new RetryIn(100 * MILLI, DelaySource.BACKOFF, 100 * MILLI));
    }

    @Test
    void anUnlimitedRetryAfterDoesNotOverflow() {
        RetryPolicy policy = policy().retryAfter(true, Duration.ofSeconds(Long.MAX_VALUE))
                .timeBudget(Duration.ofSeconds(Long.MAX_VALUE))
                .build();
        CallState state = new CallState(1, 0, Nanos.UNLIMITED, 0);
        for (RandomGenerator random : List.of(LOWEST, HIGHEST)) {
            assertThat(RetryMachine.next(
                            policy.compiled(), state, retryAfter(Duration.ofSeconds(Long.MAX_VALUE)), 0, random))
                    .isEqualTo(new Stop(StopReason.TIME_BUDGET));
        }
    }

    @Test
    void decorrelatedJitterGrowsFromThePreviousBackoffAndNotFromRetryAfter() {
        RetryPolicy policy = policy().maxAttempts(10)
                .jitter(Jitter.DECORRELATED)
                .backoff(BackoffPolicy.exponential(Duration.ofMillis(100), 2, Duration.ofSeconds(10)))
                .build();
        RetryIn first = retryIn(RetryMachine.next(policy.compiled(), afterAttempt(1), Verdict.retryable(), 0, HIGHEST));
        assertThat(first.delayNanos()).isEqualTo(300 * MILLI);
        RetryIn second = retryIn(
                RetryMachine.next(policy.compiled(), after(first), retryAfter(Duration.ofSeconds(9)), 0, HIGHEST));
        assertThat(second.delayNanos()).isGreaterThanOrEqualTo(9 * SECOND);
        assertThat(second.backoffNanos()).isEqualTo(900 * MILLI);
        RetryIn third = retryIn(RetryMachine.next(policy.compiled(), after(second), Verdict.retryable(), 0, HIGHEST));
        assertThat(third.delayNanos()).isEqualTo(2700 * MILLI);
        RetryIn smallest = retryIn(RetryMachine.next(policy.compiled(), after(third), Verdict.retryable(), 0, LOWEST));
        assertThat(smallest.delayNanos()).isEqualTo(100 * MILLI);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 63, 64, 65, 1_000, Integer.MAX_VALUE - 1})
    void noAttemptNumberOverflowsTheDelay(int attempt) {
        for (BackoffPolicy backoff : List.of(
                BackoffPolicy.exponential(Duration.ofMillis(200), 2, Duration.ofSeconds(10)),
                BackoffPolicy.exponential(Duration.ofMillis(200), 1e300, Duration.ofSeconds(10)),
                BackoffPolicy.fibonacci(Duration.ofMillis(200), Duration.ofSeconds(10)),
                BackoffPolicy.linear(Duration.ofMillis(200), Duration.ofSeconds(10)))) {
            RetryPolicy policy =
                    policy().maxAttempts(Integer.MAX_VALUE).backoff(backoff).build();
            RetryIn in = retryIn(next(policy, afterAttempt(attempt), Verdict.retryable()));
            assertThat(in.delayNanos()).isBetween(200 * MILLI, 10 * SECOND);
            if (attempt >= 63) {
                assertThat(in.delayNanos()).isEqualTo(10 * SECOND);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 50 * MILLI, Long.MIN_VALUE, -1})
    void theClockMayWrapAround(long now) {
        CallState started = new CallState(1, now - SECOND, now + 200 * MILLI, 0);
        assertThat(RetryMachine.next(policy().build().compiled(), started, Verdict.retryable(), now, LOWEST))
                .isEqualTo(new RetryIn(100 * MILLI, DelaySource.BACKOFF, 100 * MILLI));
        CallState late = new CallState(1, now - SECOND, now + 100 * MILLI, 0);
        assertThat(RetryMachine.next(policy().build().compiled(), late, Verdict.retryable(), now, LOWEST))
                .isEqualTo(new Stop(StopReason.TIME_BUDGET));
    }

    private static RetryIn retryIn(Decision decision) {
        assertThat(decision).isInstanceOf(RetryIn.class);
        return (RetryIn) decision;
    }

    /** Draws that far into every range. */
    private static RandomGenerator fraction(double fraction) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new AssertionError("every draw has bounds");
            }

            @Override
            public long nextLong(long bound) {
                return nextLong(0, bound);
            }

            @Override
            public long nextLong(long origin, long bound) {
                return fraction == 0 ? origin : bound - 1;
            }
        };
    }
}
