package dev.retrykit.budget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.Together;
import dev.retrykit.budget.RetryBudget.Token;
import dev.retrykit.failure.Signal;
import dev.retrykit.time.ManualTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;

class RetryBudgetThreadsTests {

    private static final int THREADS = 4;

    private final ManualTime time = new ManualTime();

    @RepeatedTest(20)
    void neverGrantMoreThanThereIs() throws Exception {
        RetryBudget budget = RetryBudget.of("shared", BudgetPolicy.of(0.1, Duration.ofSeconds(10), 5), time);
        for (int i = 0; i < 5_000; i++) {
            budget.record(Signal.SUCCESS, time.nanoTime());
        }
        AtomicInteger granted = new AtomicInteger();
        Together.run(THREADS, () -> {
            for (int i = 0; i < 1_000; i++) {
                if (budget.tryAcquire(time.nanoTime()) != null) {
                    granted.incrementAndGet();
                }
            }
        });
        assertThat(granted).hasValue(505);
        assertThat(budget.snapshot().available()).isZero();
        assertThat(budget.snapshot().granted()).isEqualTo(505);
        assertThat(budget.snapshot().denied()).isEqualTo(THREADS * 1_000 - 505);
    }

    @RepeatedTest(10)
    void whatIsGivenBackBalancesWhatIsSpent() throws Exception {
        RetryBudget budget = RetryBudget.of("shared", BudgetPolicy.of(1, Duration.ofSeconds(10), 3), time);
        for (int i = 0; i < 7; i++) {
            budget.record(Signal.SUCCESS, time.nanoTime());
        }
        Together.run(THREADS, () -> {
            for (int i = 0; i < 10_000; i++) {
                Token token = budget.tryAcquire(time.nanoTime());
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
                budget.record(Signal.SUCCESS, time.nanoTime());
                if (budget.tryAcquire(time.nanoTime()) != null) {
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
            budget.tryAcquire(time.nanoTime());
        }
        Together.run(THREADS, () -> budget.record(Signal.SUCCESS, time.nanoTime()));
        assertThat(budget.snapshot().reserve()).isEqualTo(1);
    }
}
