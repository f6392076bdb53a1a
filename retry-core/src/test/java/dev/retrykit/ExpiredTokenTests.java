package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.failure.Signal;
import dev.retrykit.time.ManualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Retries that last longer than the budget's window. */
class ExpiredTokenTests {

    private final ManualTime time = new ManualTime();
    private final RetryBudget budget = RetryBudget.of("shop", BudgetPolicy.of(0.1, Duration.ofSeconds(10), 0), time);
    private final Retry retry = Retry.builder("shop")
            .policy(RetryPolicy.builder().timeBudget(Duration.ofHours(1)).build())
            .budget(budget)
            .timeSource(time)
            .executor(Runnable::run)
            .build();

    private void earnTen() {
        for (int i = 0; i < 100; i++) {
            budget.record(Signal.SUCCESS, time.nanoTime());
        }
    }

    /** In the first second of a trouble there is more than tokens. */
    private void troubleOfASecond() {
        budget.record(Signal.FAILURE, 0, time.nanoTime());
        time.advance(Duration.ofSeconds(1));
    }

    private List<CompletableFuture<String>> failTwenty() {
        List<CompletableFuture<String>> retried = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            CompletableFuture<String> second = new CompletableFuture<>();
            int[] attempts = {0};
            CompletionStage<String> call = retry.callAsync(
                    () -> attempts[0]++ == 0 ? CompletableFuture.failedFuture(new ConnectException("down")) : second);
            if (!call.toCompletableFuture().isDone()) {
                retried.add(second);
            }
        }
        return retried;
    }

    @Test
    void aTokenThatHasExpiredFreesNoneOfTheOthers() {
        earnTen();
        troubleOfASecond();
        List<CompletableFuture<String>> old = failTwenty();
        assertThat(old).hasSize(10);
        time.advance(Duration.ofSeconds(30));
        earnTen();
        troubleOfASecond();
        assertThat(failTwenty()).hasSize(10);

        old.forEach(attempt -> attempt.complete("late"));

        // ten successes earn one token
        assertThat(failTwenty()).hasSize(1);
    }
}
