package dev.retrykit.footprint;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.retrykit.Retry;
import dev.retrykit.RetryPolicy;
import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Supplier;

/** Asynchronous retries that are compared: three attempts, a fixed delay, one thread for the timer. */
final class AsyncCallers {

    private static final int ATTEMPTS = 3;

    private AsyncCallers() {}

    /** Makes a call of attempts that return stages. */
    @FunctionalInterface
    interface Caller {
        CompletableFuture<String> call(Supplier<CompletionStage<String>> attempt);
    }

    static Map<String, Caller> all(Duration delay, int calls) {
        Map<String, Caller> all = new LinkedHashMap<>();
        all.put("by hand", byHand(delay));
        all.put("retrykit", retrykit(delay, calls));
        all.put("Resilience4j", resilience4j(delay));
        all.put("Failsafe", failsafe(delay));
        return all;
    }

    private static Caller byHand(Duration delay) {
        ScheduledThreadPoolExecutor scheduler = scheduler();
        return attempt -> HandWritten.call(scheduler, delay.toNanos(), attempt);
    }

    /** The budget is there, and has a token for each: all fail once, and a retry that succeeds gives its token back. */
    private static Caller retrykit(Duration delay, int calls) {
        BudgetPolicy enough =
                BudgetPolicy.builder().reserve(calls).minSuccess(0).build();
        Retry retry = Retry.builder("footprint")
                .policy(RetryPolicy.builder()
                        .maxAttempts(ATTEMPTS)
                        .backoff(BackoffPolicy.fixed(delay))
                        .jitter(Jitter.NONE)
                        .timeBudget(delay.multipliedBy(ATTEMPTS).plusHours(1))
                        .build())
                .budget(RetryBudget.of("footprint", enough))
                .build();
        return attempt -> retry.callAsync(attempt::get);
    }

    private static Caller resilience4j(Duration delay) {
        ScheduledThreadPoolExecutor scheduler = scheduler();
        io.github.resilience4j.retry.Retry retry = io.github.resilience4j.retry.Retry.of(
                "footprint",
                RetryConfig.custom().maxAttempts(ATTEMPTS).waitDuration(delay).build());
        return attempt -> retry.executeCompletionStage(scheduler, attempt).toCompletableFuture();
    }

    private static Caller failsafe(Duration delay) {
        dev.failsafe.RetryPolicy<String> policy = dev.failsafe.RetryPolicy.<String>builder()
                .withMaxAttempts(ATTEMPTS)
                .withDelay(delay)
                .build();
        FailsafeExecutor<String> executor = Failsafe.with(policy).with(scheduler());
        return attempt -> executor.getStageAsync(attempt::get);
    }

    private static ScheduledThreadPoolExecutor scheduler() {
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "scheduler");
            thread.setDaemon(true);
            return thread;
        });
        scheduler.setRemoveOnCancelPolicy(true);
        return scheduler;
    }
}
