package dev.retrykit.spring.aspect.adapter;

import dev.retrykit.function.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/**
 * One call of a method. {@link #call()} makes one attempt.
 *
 * @param target the object on which a fallback is called
 * @param arguments the arguments
 * @param method the method of the target
 * @param failed maps the exception of an attempt
 */
public record Invocation(Object target, @Nullable Object[] arguments, Body method, FailureMapper failed)
        implements ThrowingCallable<@Nullable Object, Throwable> {

    /** The code that an attempt runs. */
    @FunctionalInterface
    public interface Body {

        /**
         * Calls the method.
         *
         * @param arguments must not be changed: all attempts share the array
         * @throws Throwable what the method throws
         */
        @Nullable
        Object call(@Nullable Object[] arguments) throws Throwable;
    }

    /** Maps the exception of an attempt. */
    @FunctionalInterface
    public interface FailureMapper {

        /** Maps an exception on the attempt's thread, before it is classified. Never throws. */
        Throwable map(Throwable failure);
    }

    /** Returns this call with other code for its attempts. */
    Invocation by(Body other) {
        return new Invocation(target, arguments, other, failed);
    }

    /** Makes one attempt with the original arguments. */
    @Override
    @SuppressWarnings("NullAway") // a method may return null, which the checker does not see through a type parameter
    public @Nullable Object call() throws Throwable {
        try {
            return method.call(arguments);
        } catch (Throwable failure) {
            throw failed.map(failure);
        }
    }

    /** Calls the fallback, whose result may be deferred. */
    @Nullable
    Object fallBack(Fallback fallback, Throwable failure) throws Throwable {
        return fallback.answer(target, arguments, failure);
    }
}
