package dev.retrykit.spring.call;

import dev.retrykit.failure.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/**
 * One call of a method.
 *
 * @param target what a fallback is called on
 * @param arguments the arguments
 * @param attempt makes one attempt
 */
public record Invocation(
        Object target, @Nullable Object[] arguments, ThrowingCallable<@Nullable Object, Throwable> attempt) {

    /** What the fallback answers, perhaps later. */
    @Nullable
    Object fallBack(Fallback fallback, Throwable failure) throws Throwable {
        return fallback.answer(target, arguments, failure);
    }
}
