package dev.retrykit;

import dev.retrykit.event.StopReason;
import dev.retrykit.function.ThrowingCallable;
import dev.retrykit.time.ManualTime;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The ways to make a call without any framework. */
enum CoreStyle implements CallStyle {

    /** {@link Retry#call}. */
    CALL {
        @Override
        public Result make(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body, Consumer<Runnable> caller) {
            caller.accept(Thread.currentThread()::interrupt);
            try {
                return new Result(retry.call(body), null);
            } catch (Throwable failure) {
                return new Result(null, failure);
            }
        }

        @Override
        public StopReason reasonToGiveUp() {
            return StopReason.INTERRUPTED;
        }
    },

    /** {@link Retry#run}. */
    RUN {
        @Override
        public Result make(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body, Consumer<Runnable> caller) {
            caller.accept(Thread.currentThread()::interrupt);
            AtomicReference<Object> result = new AtomicReference<>();
            try {
                retry.run(() -> result.set(body.call()));
                return new Result(result.get(), null);
            } catch (Throwable failure) {
                return new Result(null, failure);
            }
        }

        @Override
        public boolean judgesValues() {
            return false;
        }

        @Override
        public StopReason reasonToGiveUp() {
            return StopReason.INTERRUPTED;
        }
    },

    /** {@link Retry#callAsync} of a body that throws what it throws, and otherwise returns a stage that is done. */
    BODY_THROWS {
        @Override
        public Result make(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body, Consumer<Runnable> caller) {
            Result result =
                    await(time, caller, () -> retry.callAsync(() -> CompletableFuture.completedFuture(body.call())));
            if (result.failure() instanceof InterruptedException && !Thread.interrupted()) {
                throw new AssertionError("the exception went into the stage, and the thread knows nothing of it");
            }
            return result;
        }
    },

    /** {@link Retry#callAsync} of a body that always returns a stage that is done. */
    STAGE_DONE {
        @Override
        public Result make(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body, Consumer<Runnable> caller) {
            return await(
                    time,
                    caller,
                    () -> retry.callAsync(() -> {
                        CompletableFuture<Object> stage = new CompletableFuture<>();
                        complete(stage, body);
                        return stage;
                    }));
        }
    },

    /** {@link Retry#callAsync} of a body whose stage is completed by a later step of the clock. */
    STAGE_LATER {
        @Override
        public Result make(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body, Consumer<Runnable> caller) {
            return await(
                    time,
                    caller,
                    () -> retry.callAsync(() -> {
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
        public Result make(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body, Consumer<Runnable> caller) {
            return await(
                    time,
                    caller,
                    () -> retry.callAsync(() -> {
                        CompletableFuture<Object> stage = new CompletableFuture<>();
                        complete(stage, body);
                        return stage.thenApply(result -> result).thenApply(result -> result);
                    }));
        }
    };

    private static void complete(CompletableFuture<Object> stage, ThrowingCallable<Object, ?> body) {
        try {
            stage.complete(body.call());
        } catch (Throwable failure) {
            stage.completeExceptionally(failure);
        }
    }

    private static Result await(ManualTime time, Consumer<Runnable> caller, Supplier<CompletableFuture<Object>> call) {
        AtomicReference<CompletableFuture<Object>> stage = new AtomicReference<>();
        caller.accept(() -> stage.get().cancel(true));
        stage.set(call.get());
        return CallStyle.await(time, stage.get());
    }
}
