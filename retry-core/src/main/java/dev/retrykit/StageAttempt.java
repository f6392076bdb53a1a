package dev.retrykit;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.ThrowingCallable;
import dev.retrykit.time.TimeSource;
import dev.retrykit.timer.NonBlockingTask;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** An attempt that returns a stage, from before its body begins until the stage is complete. */
final class StageAttempt<T extends @Nullable Object> extends Step
        implements BiFunction<T, @Nullable Throwable, @Nullable Void>, NonBlockingTask {

    private static final long serialVersionUID = 1;

    private final transient StageDriver<T> driver;

    private transient volatile @Nullable CompletableFuture<T> running;
    private transient volatile TimeSource.@Nullable Scheduled timeout;

    StageAttempt(StageDriver<T> driver) {
        this.driver = driver;
    }

    /** A retry's time runs while its body does: a body that blocks must not hold up the caller's stage. */
    void begin(ThrowingCallable<? extends CompletionStage<T>, ?> body) {
        driver.enforce(this);
        try {
            if (call().view().number() > 1) {
                limit();
            }
            await(driver.run(body));
        } catch (Throwable failure) {
            if (failure instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            end(failure);
            abandon();
        }
    }

    private void await(@Nullable CompletionStage<T> started) {
        if (started == null) {
            throw new NullPointerException("an asynchronous method must return a stage, but returned null");
        }
        CompletableFuture<T> future = futureOf(started);
        running = future;
        if (future == null || !future.isDone()) {
            driver.enlist();
            if (timeout == null) {
                limit();
            }
        }
        if (get()) {
            abandon();
        }
        started.handle(this);
    }

    /** Where the attempt's own time is over before the call's. */
    private void limit() {
        if (call().attemptDeadlineNanos() - call().deadlineNanos() < 0) {
            TimeSource time = call().retry().time();
            timeout = time.schedule(this, call().attemptDeadlineNanos() - time.nanoTime());
        }
    }

    /** The stage's end. What depends on it succeeds: else it would be given an exception made for it alone. */
    @Override
    public @Nullable Void apply(T result, @Nullable Throwable failure) {
        if (failure != null) {
            end(Causes.unwrap(failure));
        } else if (claim()) {
            cancel(timeout);
            driver.returned(result);
        }
        return null;
    }

    /** On the timer: the attempt's time is up. */
    @Override
    public void run() {
        timeIsOver();
    }

    /** Users' code hangs on both stages. */
    @Override
    void timeIsOver() {
        if (claim()) {
            if (call().isCut()) {
                call().view().notes().abandon();
            }
            new Handover(driver, this, call()::timeUp, call()::timeUp).begin();
        }
    }

    @Override
    boolean isBeforeRetry() {
        return false;
    }

    @Override
    void abandon() {
        cancel(timeout);
        CompletableFuture<T> unwanted = running;
        if (unwanted != null) {
            quietly(() -> unwanted.cancel(true));
        }
    }

    private void end(Throwable failure) {
        cancel(timeout);
        if (claim()) {
            driver.follow(() -> call().failed(failure));
        }
    }

    /** Null if the stage is of a kind that can't be asked and can't be cancelled. */
    private @Nullable CompletableFuture<T> futureOf(CompletionStage<T> started) {
        try {
            return started.toCompletableFuture();
        } catch (UnsupportedOperationException unknown) {
            return null;
        }
    }

    private RetryCall call() {
        return driver.call();
    }
}
