package dev.retrykit;

import dev.retrykit.circuit.Circuit;
import dev.retrykit.function.ThrowingCallable;
import dev.retrykit.time.ManualTime;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** The ways to call through a {@link Circuit} itself. */
enum LoneStyle implements CallStyle {

    /** {@link Circuit#call}. */
    CIRCUIT_CALL {
        @Override
        Object call(Circuit circuit, ThrowingCallable<Object, ?> body) throws Throwable {
            return circuit.call(body);
        }
    },

    /** {@link Circuit#run}. */
    CIRCUIT_RUN {
        @Override
        Object call(Circuit circuit, ThrowingCallable<Object, ?> body) throws Throwable {
            AtomicReference<Object> result = new AtomicReference<>();
            circuit.run(() -> result.set(body.call()));
            return result.get();
        }
    },

    /** {@link Circuit#callAsync} of a body that throws what it throws. */
    CIRCUIT_BODY_THROWS {
        @Override
        CompletionStage<Object> stage(Circuit circuit, ManualTime time, ThrowingCallable<Object, ?> body)
                throws Throwable {
            return circuit.callAsync(() -> CompletableFuture.completedFuture(body.call()));
        }
    },

    /** {@link Circuit#callAsync} of a body whose stage is done. */
    CIRCUIT_STAGE_DONE {
        @Override
        CompletionStage<Object> stage(Circuit circuit, ManualTime time, ThrowingCallable<Object, ?> body)
                throws Throwable {
            return circuit.callAsync(() -> done(body));
        }
    },

    /** {@link Circuit#callAsync} of a body whose stage is completed by a later step of the clock. */
    CIRCUIT_STAGE_LATER {
        @Override
        CompletionStage<Object> stage(Circuit circuit, ManualTime time, ThrowingCallable<Object, ?> body)
                throws Throwable {
            return circuit.callAsync(() -> {
                CompletableFuture<Object> done = done(body);
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
            });
        }
    };

    Object call(Circuit circuit, ThrowingCallable<Object, ?> body) throws Throwable {
        throw new UnsupportedOperationException();
    }

    CompletionStage<Object> stage(Circuit circuit, ManualTime time, ThrowingCallable<Object, ?> body) throws Throwable {
        return CompletableFuture.completedFuture(call(circuit, body));
    }

    private static CompletableFuture<Object> done(ThrowingCallable<Object, ?> body) {
        CompletableFuture<Object> stage = new CompletableFuture<>();
        try {
            stage.complete(body.call());
        } catch (Throwable failure) {
            stage.completeExceptionally(failure);
        }
        return stage;
    }

    @Override
    public Result make(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body, Consumer<Runnable> caller) {
        try {
            return CallStyle.await(
                    time, stage(retry.circuit().orElse(null), time, body).toCompletableFuture());
        } catch (Throwable failure) {
            return new Result(null, failure);
        }
    }
}
