package dev.retrykit.budget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.Together;
import dev.retrykit.budget.RetryBudget.Token;
import dev.retrykit.failure.Signal;
import dev.retrykit.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class RetryBudgetThreadsTests {

    private static final int THREADS = 4;

    private final ManualTime time = new ManualTime();
    private final long now = time.nanoTime();

    @RepeatedTest(20)
    void neverGrantMoreThanThereIs() throws Exception {
        int earned = 20_000;
        int reserve = 10_000;
        RetryBudget budget = RetryBudget.of("shared", BudgetPolicy.of(1, Duration.ofSeconds(10), reserve), time);
        for (int i = 0; i < earned; i++) {
            budget.record(Signal.SUCCESS, now);
        }
        Queue<Token> granted = new ConcurrentLinkedQueue<>();
        Together.run(THREADS, () -> {
            List<Token> own = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                Token token = budget.tryAcquire(now);
                if (token != null) {
                    own.add(token);
                }
            }
            granted.addAll(own);
        });
        assertThat(Collections.frequency(granted, Token.EARNED)).isEqualTo(earned);
        assertThat(Collections.frequency(granted, Token.RESERVE)).isEqualTo(reserve);
        assertThat(budget.snapshot().available()).isZero();
        assertThat(budget.snapshot().granted()).isEqualTo(earned + reserve);
        assertThat(budget.snapshot().denied()).isEqualTo(THREADS * 10_000 - earned - reserve);
    }

    @RepeatedTest(10)
    void noTokenIsSpentOrGivenBackUnseenWhileSettingsChange() throws Exception {
        int earned = 10_000;
        BudgetPolicy policy = BudgetPolicy.of(1, Duration.ofSeconds(10), 0);
        RetryBudget budget = RetryBudget.of("shared", policy, time);
        for (int i = 0; i < earned; i++) {
            budget.record(Signal.SUCCESS, now);
        }
        AtomicInteger thread = new AtomicInteger();
        AtomicInteger held = new AtomicInteger();
        Together.run(THREADS, () -> {
            boolean changes = thread.getAndIncrement() == 0;
            for (int i = 0; i < 4_000; i++) {
                if (changes) {
                    budget.change(i % 2 == 0 ? BudgetPolicy.of(1, Duration.ofSeconds(10), 0) : policy);
                } else if (budget.tryAcquire(now) != null && i % 4 != 0) {
                    budget.giveBack(Token.EARNED);
                } else {
                    held.incrementAndGet();
                }
            }
        });
        assertThat(held.get() + budget.snapshot().available()).isEqualTo(earned);
    }

    @RepeatedTest(10)
    void whatIsGivenBackBalancesWhatIsSpent() throws Exception {
        RetryBudget budget = RetryBudget.of("shared", BudgetPolicy.of(1, Duration.ofSeconds(10), 3), time);
        for (int i = 0; i < 7; i++) {
            budget.record(Signal.SUCCESS, now);
        }
        Together.run(THREADS, () -> {
            for (int i = 0; i < 10_000; i++) {
                Token token = budget.tryAcquire(now);
                if (token != null) {
                    budget.giveBack(token);
                }
            }
        });
        assertThat(budget.snapshot().available()).isEqualTo(10);
        assertThat(budget.snapshot().reserve()).isEqualTo(3);
    }

    @RepeatedTest(10)
    void earningAndSpendingTogetherNeverGrantMoreThanWasEarned() throws Exception {
        RetryBudget budget = RetryBudget.of("shared", BudgetPolicy.of(0.5, Duration.ofSeconds(10), 2), time);
        AtomicInteger granted = new AtomicInteger();
        Together.run(THREADS, () -> {
            for (int i = 0; i < 5_000; i++) {
                budget.record(Signal.SUCCESS, now);
                if (budget.tryAcquire(now) != null) {
                    granted.incrementAndGet();
                }
            }
        });
        int earned = THREADS * 5_000 / 2;
        assertThat(granted.get() + budget.snapshot().available()).isBetween(earned + 2, earned + 3);
    }

    @RepeatedTest(10)
    void theReserveComesBackOnceForAllThreads() throws Exception {
        RetryBudget budget = RetryBudget.of("shared", BudgetPolicy.of(0, Duration.ofSeconds(10), 5), time);
        for (int i = 0; i < 5; i++) {
            budget.tryAcquire(now);
        }
        Together.run(THREADS, () -> budget.record(Signal.SUCCESS, now));
        assertThat(budget.snapshot().reserve()).isEqualTo(1);
    }

    /** The window turns while a token is taken in its last second: what is earned later doesn't pay for it. */
    @Test
    void aTokenThatExpiresWhileItIsTakenCostsNoOther() throws Exception {
        List<RetryBudget> budgets = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            RetryBudget budget = RetryBudget.of("shared", BudgetPolicy.of(1, Duration.ofSeconds(10), 0), time);
            budget.record(Signal.SUCCESS, now);
            budgets.add(budget);
        }
        AtomicInteger thread = new AtomicInteger();
        AtomicInteger arrived = new AtomicInteger();
        Together.run(2, () -> {
            long at = Duration.ofSeconds(10 + thread.getAndIncrement()).toNanos();
            for (int i = 0; i < budgets.size(); i++) {
                arrived.incrementAndGet();
                while (arrived.get() < 2 * (i + 1)) {
                    Thread.yield();
                }
                budgets.get(i).tryAcquire(at);
            }
        });
        budgets.forEach(
                budget -> budget.record(Signal.SUCCESS, Duration.ofSeconds(11).toNanos()));
        assertThat(budgets.stream().filter(budget -> budget.snapshot().available() != 1))
                .isEmpty();
    }
}
