package dev.retrykit;

import dev.retrykit.failure.ThrowingCallable;
import dev.retrykit.time.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The ways to make a call. What becomes of it must be the same in all of them. */
enum CallStyle {

    /** {@link Retry#call}. */
    CALL {
        @Override
        Result make(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body) {
            try {
                return new Result(retry.call(body), null);
            } catch (Throwable failure) {
                return new Result(null, failure);
            }
        }
    },

    /** {@link Retry#run}. */
    RUN {
        @Override
        Result make(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body) {
            AtomicReference<Object> result = new AtomicReference<>();
            try {
                retry.run(() -> result.set(body.call()));
                return new Result(result.get(), null);
            } catch (Throwable failure) {
                return new Result(null, failure);
            }
        }
    },

    /** {@link Retry#callAsync} of a body that throws what it throws, and otherwise returns a stage that is done. */
    BODY_THROWS {
        @Override
        Result make(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body) {
            Result result = await(time, retry.callAsync(() -> CompletableFuture.completedFuture(body.call())));
            if (result.failure() instanceof InterruptedException && !Thread.interrupted()) {
                throw new AssertionError("the exception went into the stage, and the thread knows nothing of it");
            }
            return result;
        }
    },

    /** {@link Retry#callAsync} of a body that always returns a stage that is done. */
    STAGE_DONE {
        @Override
        Result make(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body) {
            return await(time, retry.callAsync(() -> {
                CompletableFuture<Object> stage = new CompletableFuture<>();
                complete(stage, body);
                return stage;
            }));
        }
    },

    /** {@link Retry#callAsync} of a body whose stage is completed by a later step of the clock. */
    STAGE_LATER {
        @Override
        Result make(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body) {
            return await(time, retry.callAsync(() -> {
                CompletableFuture<Object> done = new CompletableFuture<>();
                complete(done, body);
                CompletableFuture<Object> later = new CompletableFuture<>();
                time.schedule(
                        () -> done.whenComplete((result, failure) -> {
                            if (failure == null) {
                                later.complete(result);
                            } else {
                                later.completeExceptionally(failure);
                            }
                        }),
                        0);
                return later;
            }));
        }
    },

    /** {@link Retry#callAsync} of a body whose stage depends on another, which wraps the failure. */
    STAGE_WRAPS {
        @Override
        Result make(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body) {
            return await(time, retry.callAsync(() -> {
                CompletableFuture<Object> stage = new CompletableFuture<>();
                complete(stage, body);
                return stage.thenApply(result -> result).thenApply(result -> result);
            }));
        }
    };

    /** Makes the call and lets time pass until it has ended. */
    abstract Result make(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body);

    private static void complete(CompletableFuture<Object> stage, ThrowingCallable<Object, ?> body) {
        try {
            stage.complete(body.call());
        } catch (Throwable failure) {
            stage.completeExceptionally(failure);
        }
    }

    private static Result await(ManualTime time, CompletableFuture<Object> stage) {
        time.advance(Duration.ZERO);
        for (int millis = 0; !stage.isDone(); millis++) {
            if (millis > 3_600_000) {
                throw new AssertionError("the stage hasn't ended within an hour");
            }
            time.advance(Duration.ofMillis(1));
        }
        AtomicReference<Result> result = new AtomicReference<>();
        stage.whenComplete((value, failure) -> result.set(new Result(value, failure)));
        return result.get();
    }

    /** What the caller got. The failure is what the stage holds, not a wrapper that a dependent stage would see. */
    record Result(@Nullable Object value, @Nullable Throwable failure) {

        Result {
            if (failure instanceof CompletionException) {
                throw new AssertionError("wrapped", failure);
            }
        }
    }
}
