package dev.retrykit.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.retrykit.budget.RetryBudget.Asking;
import dev.retrykit.budget.RetryBudget.Token;
import dev.retrykit.failure.Signal;
import dev.retrykit.time.ManualTime;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RetryBudgetTests {

    private static final Duration WINDOW = Duration.ofSeconds(10);

    private final ManualTime time = new ManualTime();

    @Test
    void theReserveIsThereFromTheStart() {
        RetryBudget budget = budget(BudgetPolicy.defaults());
        assertThat(acquire(budget, 7))
                .containsExactly(Token.RESERVE, Token.RESERVE, Token.RESERVE, Token.RESERVE, Token.RESERVE);
        assertThat(budget.snapshot().available()).isZero();
        assertThat(budget.snapshot().granted()).isEqualTo(5);
        assertThat(budget.snapshot().denied()).isEqualTo(2);
    }

    @Test
    void anotherOfTheSameNameIsFullAndCountsIntoTheSameAccount() {
        RetryBudget budget = budget(BudgetPolicy.defaults());
        acquire(budget, 7);
        RetryBudget another = budget.another();
        assertThat(another.name()).isEqualTo(budget.name());
        assertThat(another.policy()).isSameAs(budget.policy());
        assertThat(another.time()).isSameAs(budget.time());
        assertThat(acquire(another, 6)).hasSize(5);
        assertThat(budget.snapshot().available()).isZero();
        assertThat(budget.snapshot().granted())
                .isEqualTo(10)
                .isEqualTo(another.snapshot().granted());
        assertThat(budget.snapshot().denied())
                .isEqualTo(3)
                .isEqualTo(another.snapshot().denied());
    }

    @Test
    void withoutAReserveAndWithoutASuccessThereIsNoRetry() {
        assertThat(acquire(budget(BudgetPolicy.of(0.1, WINDOW, 0)), 1)).isEmpty();
    }

    @Test
    void tenSuccessesEarnOneToken() {
        RetryBudget budget = budget(BudgetPolicy.of(0.1, WINDOW, 0));
        record(budget, Signal.SUCCESS, 9);
        assertThat(acquire(budget, 1)).isEmpty();
        record(budget, Signal.SUCCESS, 1);
        assertThat(acquire(budget, 2)).containsExactly(Token.EARNED);
    }

    @ParameterizedTest
    @CsvSource({"0, 1000, 0", "0.001, 999, 0", "0.001, 1000, 1", "0.3, 10, 3", "0.7, 10, 7", "1, 5, 5", "2.5, 2, 5"})
    void theRatioIsKeptWithoutALoss(double ratio, int successes, int tokens) {
        RetryBudget budget = budget(BudgetPolicy.of(ratio, WINDOW, 0));
        record(budget, Signal.SUCCESS, successes);
        assertThat(acquire(budget, successes * 3 + 10)).hasSize(tokens);
    }

    @Test
    void earnedTokensAreSpentBeforeTheReserve() {
        RetryBudget budget = budget(BudgetPolicy.of(0.5, WINDOW, 1));
        record(budget, Signal.SUCCESS, 4);
        assertThat(acquire(budget, 5)).containsExactly(Token.EARNED, Token.EARNED, Token.RESERVE);
    }

    @Test
    void anEarnedTokenLivesForTheWindow() {
        RetryBudget budget = budget(BudgetPolicy.of(1, WINDOW, 0));
        record(budget, Signal.SUCCESS, 3);
        time.advance(WINDOW);
        assertThat(budget.snapshot().available()).isEqualTo(3);
        time.advance(WINDOW.dividedBy(10));
        assertThat(budget.snapshot().available()).isZero();
        assertThat(acquire(budget, 1)).isEmpty();
    }

    @Test
    void whatWasSpentBeforeItExpiredDoesNotCostTwice() {
        RetryBudget budget = budget(BudgetPolicy.of(1, WINDOW, 0));
        record(budget, Signal.SUCCESS, 3);
        assertThat(acquire(budget, 3)).hasSize(3);
        time.advance(WINDOW.plusSeconds(1));
        record(budget, Signal.SUCCESS, 2);
        assertThat(acquire(budget, 5)).hasSize(2);
    }

    @Test
    void aRetryThatSucceedsGivesItsTokenBack() {
        RetryBudget budget = budget(BudgetPolicy.of(1, WINDOW, 1));
        record(budget, Signal.SUCCESS, 1);
        for (int i = 0; i < 100; i++) {
            Token token = budget.tryAcquire(time.nanoTime());
            assertThat(token).isEqualTo(Token.EARNED);
            budget.giveBack(token);
        }
        assertThat(budget.snapshot().available()).isEqualTo(2);
        assertThat(budget.snapshot().granted()).isEqualTo(100);
    }

    @Test
    void aTokenOfTheReserveReturnsToTheReserve() {
        RetryBudget budget = budget(BudgetPolicy.of(0.1, WINDOW, 2));
        assertThat(acquire(budget, 2)).hasSize(2);
        budget.giveBack(Token.RESERVE);
        assertThat(budget.snapshot().reserve()).isEqualTo(1);
        time.advance(Duration.ofHours(1));
        assertThat(budget.snapshot().available()).isEqualTo(1);
    }

    @Test
    void theReserveNeverGrowsBeyondItsSize() {
        RetryBudget budget = budget(BudgetPolicy.of(0, WINDOW, 2));
        assertThat(acquire(budget, 1)).hasSize(1);
        record(budget, Signal.SUCCESS, 1);
        budget.giveBack(Token.RESERVE);
        assertThat(budget.snapshot().reserve()).isEqualTo(2);
    }

    @Test
    void aTokenThatExpiredWhileItWasSpentBringsNothingBack() {
        RetryBudget budget = budget(BudgetPolicy.of(1, WINDOW, 0));
        record(budget, Signal.SUCCESS, 1);
        assertThat(acquire(budget, 1)).containsExactly(Token.EARNED);
        time.advance(WINDOW.plusSeconds(1));
        budget.giveBack(Token.EARNED);
        assertThat(budget.snapshot().available()).isZero();
        record(budget, Signal.SUCCESS, 1);
        assertThat(acquire(budget, 2)).hasSize(1);
    }

    @Test
    void theOldestTokensAreSpentSoTheYoungestGetFree() {
        RetryBudget budget = budget(BudgetPolicy.of(1, WINDOW, 0));
        record(budget, Signal.SUCCESS, 1);
        time.advance(Duration.ofSeconds(5));
        record(budget, Signal.SUCCESS, 1);
        assertThat(acquire(budget, 2)).hasSize(2);
        budget.giveBack(Token.EARNED);
        time.advance(Duration.ofSeconds(6));
        assertThat(budget.snapshot().available()).isEqualTo(1);
        time.advance(Duration.ofSeconds(5));
        assertThat(budget.snapshot().available()).isZero();
    }

    @Test
    void aSpentReserveComesBackWithASuccessAtMostOnePerWindow() {
        RetryBudget budget = budget(BudgetPolicy.of(0, WINDOW, 3));
        acquire(budget, 3);
        record(budget, Signal.SUCCESS, 50);
        assertThat(budget.snapshot().reserve()).isEqualTo(1);
        time.advance(WINDOW.minusNanos(1));
        record(budget, Signal.SUCCESS, 50);
        assertThat(budget.snapshot().reserve()).isEqualTo(1);
        time.advance(Duration.ofNanos(1));
        record(budget, Signal.SUCCESS, 50);
        assertThat(budget.snapshot().reserve()).isEqualTo(2);
    }

    @Test
    void idleWindowsAreNotMadeUpFor() {
        RetryBudget budget = budget(BudgetPolicy.of(0, WINDOW, 3));
        acquire(budget, 3);
        time.advance(WINDOW.multipliedBy(100));
        record(budget, Signal.SUCCESS, 50);
        assertThat(budget.snapshot().reserve()).isEqualTo(1);
    }

    /** Also when they are fewer than the twenty without which a retry isn't refused. */
    @ParameterizedTest(name = "a success after {0} successes and {1} failures: reserve {2}")
    @CsvSource({"0, 0, 1", "0, 1, 0", "1, 1, 1", "2, 2, 1", "1, 2, 0", "5, 4, 1", "4, 4, 0"})
    void aSpentReserveStaysAwayWhileTooFewSucceed(int successes, int failures, int reserve) {
        RetryBudget budget =
                budget(BudgetPolicy.builder().ratio(0).reserve(3).minSuccess(60).build());
        record(budget, Signal.SUCCESS, successes);
        record(budget, Signal.FAILURE, failures);
        acquire(budget, 3);
        record(budget, Signal.SUCCESS, 1);
        assertThat(budget.snapshot().reserve()).isEqualTo(reserve);
        time.advance(WINDOW.plusSeconds(1));
        record(budget, Signal.SUCCESS, 1);
        assertThat(budget.snapshot().reserve())
                .as("once the failures have left the window")
                .isEqualTo(reserve + 1);
    }

    @Test
    void withoutAMinimumSuccessAnyOneBringsTheReserveBack() {
        RetryBudget budget =
                budget(BudgetPolicy.builder().ratio(0).reserve(3).minSuccess(0).build());
        record(budget, Signal.FAILURE, 19);
        acquire(budget, 3);
        record(budget, Signal.SUCCESS, 1);
        assertThat(budget.snapshot().reserve()).isEqualTo(1);
    }

    @Test
    void onlyASuccessBringsTheReserveBack() {
        RetryBudget budget = budget(BudgetPolicy.of(0, WINDOW, 3));
        acquire(budget, 3);
        time.advance(WINDOW.multipliedBy(3));
        record(budget, Signal.FAILURE, 1);
        record(budget, Signal.NONE, 1);
        assertThat(budget.snapshot().reserve()).isZero();
    }

    @Test
    void afterIdleTimeTheWindowIsEmptyAndTheReserveAsItWasLeft() {
        RetryBudget budget = budget(BudgetPolicy.of(1, WINDOW, 5));
        record(budget, Signal.SUCCESS, 30);
        acquire(budget, 32);
        time.advance(Duration.ofDays(3));
        BudgetSnapshot snapshot = budget.snapshot();
        assertThat(snapshot.attempts()).isZero();
        assertThat(snapshot.successes()).isZero();
        assertThat(snapshot.reserve()).isEqualTo(3);
        assertThat(snapshot.available()).isEqualTo(3);
    }

    @ParameterizedTest(name = "{0} successes, {1} failures: granted {2}")
    @CsvSource({
        "12, 8, true",
        "11, 9, false",
        "0, 19, true",
        "0, 20, false",
        "1, 18, true",
        "599, 401, false",
        "600, 400, true"
    })
    void noRetryWhileTooFewSucceedOnceTwentyAreInTheWindow(int successes, int failures, boolean granted) {
        RetryBudget budget = budget(BudgetPolicy.defaults());
        record(budget, Signal.SUCCESS, successes);
        record(budget, Signal.FAILURE, failures);
        assertThat(acquire(budget, 1)).hasSize(granted ? 1 : 0);
    }

    @Test
    void theMinimumSuccessCanBeSwitchedOff() {
        RetryBudget budget = budget(BudgetPolicy.builder().minSuccess(0).build());
        record(budget, Signal.FAILURE, 1_000);
        assertThat(acquire(budget, 10)).hasSize(5);
    }

    @Test
    void aMinimumOfAllAllowsNoFailure() {
        RetryBudget budget = budget(BudgetPolicy.builder().minSuccess(100).build());
        record(budget, Signal.SUCCESS, 999);
        assertThat(acquire(budget, 1)).hasSize(1);
        record(budget, Signal.FAILURE, 1);
        assertThat(acquire(budget, 1)).isEmpty();
    }

    @Test
    void retriesReturnWhenTheLastAttemptsSucceed() {
        RetryBudget budget = budget(BudgetPolicy.defaults());
        record(budget, Signal.FAILURE, 100);
        assertThat(acquire(budget, 1)).isEmpty();
        time.advance(WINDOW.plusSeconds(1));
        assertThat(acquire(budget, 1)).as("rare calls are judged too").isEmpty();
        record(budget, Signal.SUCCESS, 20);
        assertThat(acquire(budget, 1)).hasSize(1);
    }

    @Test
    void whatHappenedTenMinutesAgoIsForgotten() {
        RetryBudget budget = budget(BudgetPolicy.defaults());
        record(budget, Signal.FAILURE, 100);
        time.advance(Duration.ofMinutes(11));
        assertThat(acquire(budget, 6)).hasSize(5);
    }

    @Test
    void aCallThatRecoversIsASuccessAndALostOneCountsEachAttempt() {
        RetryBudget budget = budget(BudgetPolicy.defaults());
        for (int call = 0; call < 30; call++) {
            budget.record(Signal.FAILURE, 0, time.nanoTime());
            budget.record(Signal.FAILURE, 1, time.nanoTime());
            budget.record(Signal.SUCCESS, 2, time.nanoTime());
            time.advance(Duration.ofMillis(100));
        }
        assertThat(budget.snapshot())
                .extracting(BudgetSnapshot::attempts, BudgetSnapshot::successes)
                .containsExactly(30L, 30L);
        assertThat(acquire(budget, 1)).hasSize(1);

        for (int call = 0; call < 10; call++) {
            budget.record(Signal.FAILURE, 0, time.nanoTime());
            budget.record(Signal.FAILURE, 1, time.nanoTime());
        }
        assertThat(budget.snapshot().attempts()).isEqualTo(50);
    }

    @Nested
    class TheFirstSecondOfATrouble {

        private final RetryBudget budget = budget(BudgetPolicy.of(0.000001, WINDOW, 0));

        @Test
        void givesNothingWhereThereIsNeverAToken() {
            RetryBudget none = budget(BudgetPolicy.of(0, WINDOW, 0));
            none.record(Signal.FAILURE, 0, time.nanoTime());
            assertThat(acquire(none, 1)).isEmpty();
            time.advance(Duration.ofHours(1));
            assertThat(acquire(none, 1)).isEmpty();
        }

        @Test
        void allowsARetryForEachCallThatFails() {
            fail(100);
            assertThat(acquire(budget, 200)).hasSize(100).containsOnly(Token.ALLOWANCE);
            time.advance(Duration.ofMillis(999));
            fail(1);
            assertThat(acquire(budget, 2)).hasSize(1);
            time.advance(Duration.ofMillis(1));
            fail(1);
            assertThat(acquire(budget, 2)).isEmpty();
        }

        @Test
        void countsTheTokensThatItHad() {
            RetryBudget some = budget(BudgetPolicy.of(0, WINDOW, 5));
            for (int call = 0; call < 8; call++) {
                some.record(Signal.FAILURE, 0, time.nanoTime());
            }
            assertThat(acquire(some, 20))
                    .containsExactly(
                            Token.RESERVE,
                            Token.RESERVE,
                            Token.RESERVE,
                            Token.RESERVE,
                            Token.RESERVE,
                            Token.ALLOWANCE,
                            Token.ALLOWANCE,
                            Token.ALLOWANCE);
        }

        @Test
        void comesAgainOnlyAfterMostHasSucceeded() {
            fail(30);
            time.advance(WINDOW.plusSeconds(2));
            fail(1);
            assertThat(acquire(budget, 1))
                    .as("of the last 20 none has succeeded")
                    .isEmpty();
            record(budget, Signal.SUCCESS, 100);
            time.advance(Duration.ofSeconds(2));
            fail(1);
            assertThat(acquire(budget, 1))
                    .as("of the last 20 most have succeeded")
                    .hasSize(1);
        }

        private void fail(int calls) {
            for (int call = 0; call < calls; call++) {
                budget.record(Signal.FAILURE, 0, time.nanoTime());
            }
        }
    }

    @Nested
    class AnEmptyBudget {

        private final RetryBudget budget = budget(BudgetPolicy.of(0, WINDOW, 1));

        @Test
        void probesAfterAMinuteAndTwentyFailuresAtGrowingIntervals() {
            assertThat(acquire(budget, 2)).containsExactly(Token.RESERVE);
            List<Long> probes = new ArrayList<>();
            for (int second = 1; second <= 3_600; second++) {
                time.advance(Duration.ofSeconds(1));
                record(budget, Signal.FAILURE, 1);
                if (!acquire(budget, 1).isEmpty()) {
                    probes.add((long) second);
                }
            }
            assertThat(probes.get(0)).isBetween(60L, 90L);
            assertThat(probes.get(1) - probes.get(0)).isBetween(60L, 91L);
            assertThat(probes.get(2) - probes.get(1)).isBetween(120L, 181L);
            assertThat(probes.get(3) - probes.get(2)).isBetween(240L, 361L);
            assertThat(probes.get(4) - probes.get(3)).isBetween(480L, 721L);
        }

        @Test
        void doesNotProbeForCallsThatNeverFail() {
            acquire(budget, 1);
            time.advance(Duration.ofMinutes(5));
            assertThat(acquire(budget, 1)).isEmpty();
            time.advance(Duration.ofMinutes(7));
            assertThat(acquire(budget, 1)).containsExactly(Token.PROBE);
        }

        @Test
        void letsACallThatProbesMakeAllItsRetries() {
            assertThat(budget.tryAcquire(new Asking(3, Token.PROBE, new Random(1)), time.nanoTime()))
                    .isEqualTo(Token.PROBE);
        }

        @Test
        void letsTheNextCallTryWhatHasSucceeded() {
            acquire(budget, 1);
            budget.succeeded(Token.PROBE, time.nanoTime(), time.nanoTime());
            assertThat(acquire(budget, 3)).containsExactly(Token.PROBE);
            budget.giveBack(Token.PROBE);
            assertThat(acquire(budget, 3)).as("one that was never made").containsExactly(Token.PROBE);
        }
    }

    @Test
    void aLaterRetryLeavesTheLastTokenToAnotherCall() {
        RetryBudget budget = budget(BudgetPolicy.of(0, WINDOW, 2));
        Asking second = new Asking(2, Token.RESERVE, new Random(1));
        assertThat(budget.tryAcquire(second, time.nanoTime())).isEqualTo(Token.RESERVE);
        assertThat(budget.tryAcquire(second, time.nanoTime())).isNull();
        assertThat(budget.tryAcquire(time.nanoTime())).isEqualTo(Token.RESERVE);
    }

    @ParameterizedTest
    @EnumSource(Signal.class)
    void eachSignalCountsAsItIsMeant(Signal signal) {
        RetryBudget budget = budget(BudgetPolicy.of(1, WINDOW, 0));
        record(budget, signal, 1);
        BudgetSnapshot snapshot = budget.snapshot();
        boolean success = signal == Signal.SUCCESS || signal == Signal.IGNORED;
        assertThat(snapshot.attempts()).isEqualTo(signal == Signal.NONE ? 0 : 1);
        assertThat(snapshot.successes()).isEqualTo(success ? 1 : 0);
        assertThat(snapshot.available()).isEqualTo(success ? 1 : 0);
    }

    @Test
    void aDeadDependencySeesHardlyMoreThanItsLoad() {
        RetryBudget budget = budget(BudgetPolicy.defaults());
        int retries = 0;
        int calls = 60 * 50;
        for (int call = 0; call < calls; call++) {
            @Nullable Token token;
            do {
                budget.record(Signal.FAILURE, time.nanoTime());
                token = budget.tryAcquire(time.nanoTime());
                retries += token == null ? 0 : 1;
            } while (token != null);
            time.advance(Duration.ofMillis(20));
        }
        assertThat(retries).isLessThanOrEqualTo((int) (5 + 0.02 * calls));
        assertThat(retries).isLessThanOrEqualTo(5);
    }

    @Test
    void aDependencyThatDiesSeesItsLoadOnceTheLastWindowsEarningsAreSpent() {
        RetryBudget budget = budget(BudgetPolicy.defaults());
        for (int call = 0; call < 1_000; call++) {
            budget.record(Signal.SUCCESS, time.nanoTime());
            time.advance(Duration.ofMillis(10));
        }
        int[] retries = new int[60];
        for (int call = 0; call < 6_000; call++) {
            budget.record(Signal.FAILURE, time.nanoTime());
            retries[call / 100] += acquire(budget, 1).size();
            time.advance(Duration.ofMillis(10));
        }
        assertThat(retries[0]).isPositive();
        int late = 0;
        for (int second = 10; second < 60; second++) {
            late += retries[second];
        }
        assertThat(late).isZero();
    }

    @Test
    void anUnlimitedBudgetGrantsEverythingAndCountsIt() {
        RetryBudget budget = budget(BudgetPolicy.unlimited());
        record(budget, Signal.FAILURE, 1_000);
        assertThat(acquire(budget, 1_000)).hasSize(1_000).containsOnly(Token.FREE);
        budget.giveBack(Token.FREE);
        BudgetSnapshot snapshot = budget.snapshot();
        assertThat(snapshot.unlimited()).isTrue();
        assertThat(snapshot.granted()).isEqualTo(1_000);
        assertThat(snapshot.denied()).isZero();
        assertThat(snapshot.attempts()).isZero();
    }

    @Test
    void worksAcrossTheEndOfLong() {
        ManualTime late = new ManualTime(Long.MAX_VALUE - WINDOW.toNanos() / 2, Instant.EPOCH);
        RetryBudget budget = RetryBudget.of("late", BudgetPolicy.of(1, WINDOW, 1), late);
        budget.record(Signal.SUCCESS, late.nanoTime());
        assertThat(budget.tryAcquire(late.nanoTime())).isEqualTo(Token.EARNED);
        assertThat(budget.tryAcquire(late.nanoTime())).isEqualTo(Token.RESERVE);
        late.advance(WINDOW);
        assertThat(budget.tryAcquire(late.nanoTime())).isNull();
        budget.record(Signal.SUCCESS, late.nanoTime());
        assertThat(budget.snapshot().reserve()).isEqualTo(1);
        assertThat(budget.tryAcquire(late.nanoTime())).isEqualTo(Token.EARNED);
    }

    @Test
    void tellsWhatItIsMadeOf() {
        RetryBudget budget = budget(BudgetPolicy.defaults());
        assertThat(budget.name()).isEqualTo("inventory");
        assertThat(budget.policy()).isSameAs(BudgetPolicy.defaults());
        assertThat(budget.time()).isSameAs(time);
        assertThat(budget)
                .hasToString("RetryBudget[inventory: ratio 0.1, window PT10S, reserve 5, min-success 60.0 %]");
        assertThat(RetryBudget.of("x", BudgetPolicy.defaults()).time()).isSameAs(TimeSource.system());
        assertThatNullPointerException()
                .isThrownBy(() -> RetryBudget.of(null, BudgetPolicy.defaults()))
                .withMessage("name");
    }

    private RetryBudget budget(BudgetPolicy policy) {
        return RetryBudget.of("inventory", policy, time);
    }

    private void record(RetryBudget budget, Signal signal, int times) {
        for (int i = 0; i < times; i++) {
            budget.record(signal, time.nanoTime());
        }
    }

    private List<Token> acquire(RetryBudget budget, int times) {
        List<Token> tokens = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            Token token = budget.tryAcquire(time.nanoTime());
            if (token != null) {
                tokens.add(token);
            }
        }
        return tokens;
    }
}
