package dev.retrykit.internal.drive;

import dev.retrykit.failure.Causes;
import dev.retrykit.function.ThrowingCallable;
import dev.retrykit.internal.stage.Stages;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** An attempt that returns a stage, from the start of its body until the stage is complete. */
final class StageAttempt<T extends @Nullable Object> implements BiFunction<T, @Nullable Throwable, @Nullable Void> {

    private final StageDriver<T> driver;

    /** The state of the call while it waits for this attempt. Written before the attempt is attached to the stage. */
    int state;

    private volatile @Nullable CompletableFuture<T> running;

    StageAttempt(StageDriver<T> driver) {
        this.driver = driver;
    }

    void begin(ThrowingCallable<? extends CompletionStage<T>, ?> body) {
        try {
            await(driver.run(body));
        } catch (Throwable failure) {
            if (failure instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            driver.failed(state, failure);
            abandon();
        }
    }

    private void await(@Nullable CompletionStage<T> started) {
        if (started == null) {
            throw new NullPointerException("an asynchronous method must return a stage, but returned null");
        }
        CompletableFuture<T> future = Stages.futureOf(started);
        running = future;
        if (future == null || !future.isDone()) {
            driver.await(this);
        }
        if (!driver.isIn(state)) {
            abandon();
        }
        started.handle(this);
    }

    /** Handles the end of the stage. Returns normally so that the dependent stage allocates no CompletionException. */
    @Override
    public @Nullable Void apply(T result, @Nullable Throwable failure) {
        if (failure == null) {
            driver.returned(state, result);
        } else {
            driver.failed(state, Causes.unwrap(failure));
        }
        return null;
    }

    /** Cancels the stage, which is no longer needed. */
    void abandon() {
        Stages.cancel(running);
    }
}
