package dev.retrykit.spring.method;

import dev.retrykit.Retry;
import dev.retrykit.failure.ThrowingCallable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * How one method is called. Resolved once; then it is the engine, a flag and perhaps a fallback.
 *
 * @param retry the engine
 * @param staged whether the method returns a stage
 * @param fallback what answers when the call has failed
 */
record MethodPlan(Retry retry, boolean staged, @Nullable Fallback fallback) {

    /** Whether a method of this return type is called without holding a thread between attempts. */
    static boolean isStaged(Class<?> returnType) {
        return CompletionStage.class.isAssignableFrom(returnType)
                && returnType.isAssignableFrom(CompletableFuture.class);
    }

    /**
     * Calls the method.
     *
     * @param attempt makes one attempt
     * @throws Throwable the failure of the last attempt, or of the fallback
     */
    @SuppressWarnings("unchecked")
    @Nullable
    Object call(Object target, @Nullable Object[] arguments, ThrowingCallable<@Nullable Object, Throwable> attempt)
            throws Throwable {
        if (staged) {
            CompletableFuture<@Nullable Object> call =
                    retry.callAsync(() -> (CompletionStage<@Nullable Object>) attempt.call());
            return fallback == null ? call : fallback.answerLater(call, target, arguments);
        }
        if (fallback == null) {
            return retry.call(attempt);
        }
        try {
            return retry.call(attempt);
        } catch (Throwable failure) {
            return fallback.answer(target, arguments, failure);
        }
    }
}
