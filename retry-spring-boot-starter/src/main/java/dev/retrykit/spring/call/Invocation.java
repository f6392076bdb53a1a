package dev.retrykit.spring.call;

import dev.retrykit.failure.ThrowingCallable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One call of a method. To call this makes one attempt.
 *
 * @param target what a fallback is called on
 * @param arguments the arguments
 * @param method the method, on the target
 * @param failed asked on its thread when an attempt has thrown something, before anybody judges it, with what the attempt
 *     fails; it throws nothing
 */
public record Invocation(Object target, @Nullable Object[] arguments, Body method, UnaryOperator<Throwable> failed)
        implements ThrowingCallable<@Nullable Object, Throwable> {

    /** What an attempt calls. */
    @FunctionalInterface
    public interface Body {

        /**
         * Calls the method.
         *
         * @param arguments to be left as they are: all attempts get the same array
         * @throws Throwable what the method throws
         */
        @Nullable
        Object call(@Nullable Object[] arguments) throws Throwable;
    }

    /** The same call, each attempt of which is made in another way. */
    Invocation by(Body other) {
        return new Invocation(target, arguments, other, failed);
    }

    /** One attempt with the arguments as they were given. */
    @Override
    @SuppressWarnings("NullAway") // a method may return null, which the checker can't see through a type parameter
    public @Nullable Object call() throws Throwable {
        try {
            return method.call(arguments);
        } catch (Throwable failure) {
            throw failed.apply(failure);
        }
    }

    /** What the fallback answers, perhaps later. */
    @Nullable
    Object fallBack(Fallback fallback, Throwable failure) throws Throwable {
        return fallback.answer(target, arguments, failure);
    }
}
