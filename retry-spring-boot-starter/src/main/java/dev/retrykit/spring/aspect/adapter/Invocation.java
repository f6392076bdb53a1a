package dev.retrykit.spring.aspect.adapter;

import dev.retrykit.function.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/**
 * One call of a method. To call this makes one attempt.
 *
 * @param target what a fallback is called on
 * @param arguments the arguments
 * @param method the method, on the target
 * @param failed maps what an attempt has thrown
 */
public record Invocation(Object target, @Nullable Object[] arguments, Body method, FailureMapper failed)
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

    /** What an attempt fails with. */
    @FunctionalInterface
    public interface FailureMapper {

        /** On the attempt's thread, before its failure is judged. Throws nothing. */
        Throwable map(Throwable failure);
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
            throw failed.map(failure);
        }
    }

    /** What the fallback answers, perhaps later. */
    @Nullable
    Object fallBack(Fallback fallback, Throwable failure) throws Throwable {
        return fallback.answer(target, arguments, failure);
    }
}
