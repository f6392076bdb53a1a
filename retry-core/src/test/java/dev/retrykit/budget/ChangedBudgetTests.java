package dev.retrykit.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.retrykit.budget.RetryBudget.Token;
import dev.retrykit.failure.Signal;
import dev.retrykit.time.ManualTime;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ChangedBudgetTests {

    private static final Duration WINDOW = Duration.ofSeconds(10);

    private final ManualTime time = new ManualTime();

    @Test
    void whatIsLeftAndWhatWasCountedStays() {
        RetryBudget budget = budget(BudgetPolicy.of(0.1, WINDOW, 5));
        successes(budget, 30);
        budget.tryAcquire(time.nanoTime());
        BudgetSnapshot before = budget.snapshot();
        budget.change(BudgetPolicy.of(0.2, WINDOW, 5));
        assertThat(budget.snapshot()).isEqualTo(before);
        assertThat(before.available()).isEqualTo(2 + 5);
        successes(budget, 10);
        assertThat(budget.snapshot().available()).isEqualTo(2 + 2 + 5);
    }

    @Test
    void aSmallerRatioLeavesWhatTheSuccessesOfTheWindowAreWorth() {
        RetryBudget budget = budget(BudgetPolicy.of(1, WINDOW, 0));
        successes(budget, 30);
        budget.change(BudgetPolicy.of(0.1, WINDOW, 0));
        assertThat(budget.snapshot().available()).isEqualTo(3);
    }

    @Test
    void ofAnotherReserveAsManyAreMissing() {
        RetryBudget budget = budget(BudgetPolicy.of(0.1, WINDOW, 5));
        budget.tryAcquire(time.nanoTime());
        budget.tryAcquire(time.nanoTime());
        budget.change(BudgetPolicy.of(0.1, WINDOW, 10));
        assertThat(budget.snapshot().reserve()).isEqualTo(8);
        budget.change(BudgetPolicy.of(0.1, WINDOW, 1));
        assertThat(budget.snapshot().reserve()).isZero();
    }

    @Test
    void aShorterWindowForgetsWhatItDoesNotReach() {
        RetryBudget budget = budget(BudgetPolicy.of(0.1, WINDOW, 0));
        successes(budget, 30);
        time.advance(Duration.ofSeconds(5));
        successes(budget, 20);
        budget.change(BudgetPolicy.of(0.1, Duration.ofSeconds(2), 0));
        assertThat(budget.snapshot().attempts()).isEqualTo(20);
        assertThat(budget.snapshot().available()).isEqualTo(2);
        time.advance(Duration.ofSeconds(3));
        assertThat(budget.snapshot().available()).isZero();
    }

    @Test
    void aTokenThatWasTakenBeforeIsGivenBackAfterwards() {
        RetryBudget budget = budget(BudgetPolicy.of(0.1, WINDOW, 0));
        successes(budget, 10);
        assertThat(budget.tryAcquire(time.nanoTime())).isEqualTo(Token.EARNED);
        budget.change(BudgetPolicy.of(0.5, WINDOW, 0));
        assertThat(budget.snapshot().available()).isZero();
        budget.giveBack(Token.EARNED);
        assertThat(budget.snapshot().available()).isEqualTo(1);
    }

    @Test
    void anUnlimitedOneBecomesAFullOne() {
        RetryBudget budget = budget(BudgetPolicy.unlimited());
        assertThat(budget.tryAcquire(time.nanoTime())).isEqualTo(Token.FREE);
        budget.change(BudgetPolicy.of(0.1, WINDOW, 1));
        assertThat(budget.tryAcquire(time.nanoTime())).isEqualTo(Token.RESERVE);
        assertThat(budget.tryAcquire(time.nanoTime())).isNull();
        budget.change(BudgetPolicy.unlimited());
        assertThat(budget.tryAcquire(time.nanoTime())).isEqualTo(Token.FREE);
        assertThat(budget.snapshot().granted()).isEqualTo(3);
    }

    @Test
    void allOfANameTakeTheSameSettings() {
        RetryBudget budget = budget(BudgetPolicy.of(0.1, WINDOW, 5));
        RetryBudget another = budget.another();
        KeyedBudgets keyed = KeyedBudgets.of(another);
        RetryBudget known = keyed.get("known");
        budget.change(BudgetPolicy.of(0.1, WINDOW, 2));
        assertThat(another.snapshot().reserve()).isEqualTo(2);
        assertThat(known.snapshot().reserve()).isEqualTo(2);
        assertThat(keyed.get("new").snapshot().reserve()).isEqualTo(2);
        assertThat(keyed.policy().reserve()).isEqualTo(2);
    }

    @Test
    void noSuccessIsLostWhileItIsChanged() throws Exception {
        RetryBudget budget = budget(BudgetPolicy.of(0.1, WINDOW, 5));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        CountDownLatch begin = new CountDownLatch(1);
        for (int thread = 0; thread < 4; thread++) {
            threads.submit(() -> {
                begin.await();
                successes(budget, 50_000);
                return null;
            });
        }
        begin.countDown();
        for (int change = 0; change < 2_000; change++) {
            budget.change(BudgetPolicy.of(0.1, WINDOW.plusMillis(change % 7), change % 9));
            budget.snapshot();
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(budget.snapshot().attempts()).isEqualTo(200_000);
    }

    @Test
    void settingsAreNotNull() {
        assertThatNullPointerException()
                .isThrownBy(() -> budget(BudgetPolicy.defaults()).change(null));
    }

    private RetryBudget budget(BudgetPolicy policy) {
        return RetryBudget.of("inventory", policy, time);
    }

    private void successes(RetryBudget budget, int count) {
        for (int i = 0; i < count; i++) {
            budget.record(Signal.SUCCESS, time.nanoTime());
        }
    }
}
