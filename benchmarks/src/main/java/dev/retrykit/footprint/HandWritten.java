package dev.retrykit.footprint;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A retry as one writes it who needs no library: attempts on a scheduler, a delay that doubles, a limit of attempts and
 * time, and a pause that ends when the caller cancels.
 */
final class HandWritten<T> {

    private static final int MAX_ATTEMPTS = 3;
    private static final long TIME_BUDGET_NANOS = TimeUnit.DAYS.toNanos(1);

    private final ScheduledExecutorService scheduler;
    private final Supplier<CompletionStage<T>> task;
    private final long startedNanos = System.nanoTime();
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private long delayNanos;
    private int attempt;
    private volatile @Nullable Future<?> pause;

    private HandWritten(ScheduledExecutorService scheduler, long delayNanos, Supplier<CompletionStage<T>> task) {
        this.scheduler = scheduler;
        this.delayNanos = delayNanos;
        this.task = task;
    }

    static <T> CompletableFuture<T> call(
            ScheduledExecutorService scheduler, long delayNanos, Supplier<CompletionStage<T>> task) {
        HandWritten<T> call = new HandWritten<>(scheduler, delayNanos, task);
        CompletableFuture<T> unused = call.result.whenComplete((value, failure) -> call.endPause());
        call.begin();
        return call.result;
    }

    private void begin() {
        if (result.isDone()) {
            return;
        }
        attempt++;
        try {
            CompletionStage<Boolean> unused = task.get().handle(this::end);
        } catch (RuntimeException failure) {
            result.completeExceptionally(failure);
        }
    }

    private boolean end(T value, @Nullable Throwable failure) {
        if (failure == null) {
            return result.complete(value);
        }
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        long delay = delayNanos;
        boolean inTime = System.nanoTime() + delay - startedNanos < TIME_BUDGET_NANOS;
        if (!(cause instanceof IOException) || attempt == MAX_ATTEMPTS || !inTime) {
            return result.completeExceptionally(failure);
        }
        delayNanos *= 2;
        pause = scheduler.schedule(this::begin, delay, TimeUnit.NANOSECONDS);
        if (result.isDone()) {
            endPause();
        }
        return true;
    }

    private void endPause() {
        Future<?> pending = pause;
        if (pending != null) {
            pending.cancel(false);
        }
    }
}
