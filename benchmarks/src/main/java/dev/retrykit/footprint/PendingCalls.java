package dev.retrykit.footprint;

import dev.retrykit.Retry;
import dev.retrykit.RetryPolicy;
import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Prints how many bytes of the heap an asynchronous call retains that has failed once and waits for its next attempt,
 * and how many a retry written by hand on a {@link java.util.concurrent.ScheduledExecutorService} does. All calls fail
 * with the same exception, which therefore isn't counted.
 */
public final class PendingCalls {

    private static final int CALLS = 100_000;
    private static final Duration DELAY = Duration.ofHours(1);
    private static final ConnectException FAILURE = new ConnectException("refused");

    private final @Nullable CompletableFuture<?>[] pending = new CompletableFuture<?>[CALLS];

    private PendingCalls() {}

    /** Takes no arguments. */
    public static void main(String[] args) {
        PendingCalls calls = new PendingCalls();
        calls.measure("Retry.callAsync", retrykit());
        calls.measure("by hand", byHand());
    }

    private static Supplier<CompletableFuture<String>> retrykit() {
        Retry retry = Retry.builder("footprint")
                .policy(RetryPolicy.builder()
                        .backoff(BackoffPolicy.exponential(DELAY, 2, DELAY.multipliedBy(4)))
                        .jitter(Jitter.EQUAL)
                        .timeBudget(Duration.ofDays(1))
                        .build())
                .budget(RetryBudget.of(
                        "footprint",
                        BudgetPolicy.builder().reserve(2 * CALLS).minSuccess(0).build()))
                .build();
        return () -> retry.callAsync(PendingCalls::attempt);
    }

    private static Supplier<CompletableFuture<String>> byHand() {
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "by-hand");
            thread.setDaemon(true);
            return thread;
        });
        scheduler.setRemoveOnCancelPolicy(true);
        return () -> HandWritten.call(scheduler, DELAY.toNanos(), PendingCalls::attempt);
    }

    private static CompletableFuture<String> attempt() {
        return CompletableFuture.failedFuture(FAILURE);
    }

    private void measure(String style, Supplier<CompletableFuture<String>> call) {
        begin(call); // loads classes, and lets the timer's queue grow
        cancel();
        long before = Heap.used();
        begin(call);
        long bytes = Heap.used() - before;
        System.out.printf("%-16s %4d bytes per pending call%n", style, Math.round((double) bytes / CALLS));
        cancel();
    }

    private void begin(Supplier<CompletableFuture<String>> call) {
        for (int i = 0; i < CALLS; i++) {
            pending[i] = call.get();
        }
    }

    private void cancel() {
        for (int i = 0; i < CALLS; i++) {
            CompletableFuture<?> call = pending[i];
            if (call == null || !call.cancel(false)) {
                throw new IllegalStateException("a call that should wait has ended");
            }
            pending[i] = null;
        }
    }
}
