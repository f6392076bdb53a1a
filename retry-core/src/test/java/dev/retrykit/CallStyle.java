package dev.retrykit;

import dev.retrykit.event.StopReason;
import dev.retrykit.function.ThrowingCallable;
import dev.retrykit.time.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A way to make a call. What becomes of it must be the same in all of them. */
public interface CallStyle {

    /**
     * Makes the call and lets time pass until it has ended.
     *
     * @param caller is told, when the call is about to begin, how its caller gives up
     */
    Result make(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body, Consumer<Runnable> caller);

    /** Whether the engine sees the value that the call returns. */
    default boolean judgesValues() {
        return true;
    }

    /** The reason for which a call ends when its caller gives up. */
    default StopReason reasonToGiveUp() {
        return StopReason.CANCELLED;
    }

    /** Lets time pass until the stage has ended. */
    static Result await(ManualTime time, CompletableFuture<Object> stage) {
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

        public Result {
            if (failure instanceof CompletionException) {
                throw new AssertionError("wrapped", failure);
            }
        }
    }
}
