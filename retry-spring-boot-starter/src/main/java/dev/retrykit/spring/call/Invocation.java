package dev.retrykit.spring.call;

import dev.retrykit.failure.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/**
 * One call of a method. To call this makes one attempt.
 *
 * @param target what a fallback is called on
 * @param arguments the arguments
 * @param method the method, on the target
 */
public record Invocation(Object target, @Nullable Object[] arguments, Body method)
        implements ThrowingCallable<@Nullable Object, Throwable> {

    /** What an attempt calls. */
    @FunctionalInterface
    public interface Body {

        /**
         * Calls the method.
         *
         * @param arguments the caller's own no more: whoever is called may change them
         * @throws Throwable what the method throws
         */
        @Nullable
        Object call(@Nullable Object[] arguments) throws Throwable;
    }

    /** One attempt with the arguments as they were given. */
    @Override
    @SuppressWarnings("NullAway") // a method may return null, which the checker can't see through a type parameter
    public @Nullable Object call() throws Throwable {
        return method.call(arguments.length == 0 ? arguments : arguments.clone());
    }

    /** What the fallback answers, perhaps later. */
    @Nullable
    Object fallBack(Fallback fallback, Throwable failure) throws Throwable {
        return fallback.answer(target, arguments, failure);
    }
}
