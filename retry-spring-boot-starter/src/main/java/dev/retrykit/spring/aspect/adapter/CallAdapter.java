package dev.retrykit.spring.aspect.adapter;

import dev.retrykit.Retry;
import org.jspecify.annotations.Nullable;

/** Calls the methods of one kind of return type. */
public interface CallAdapter {

    /**
     * Calls a method.
     *
     * @param fallback is called after the call has failed
     * @throws Throwable the failure of the last attempt, or of the fallback
     */
    @Nullable
    Object call(Retry retry, @Nullable Fallback fallback, Invocation invocation) throws Throwable;

    /**
     * Maps an exception of an attempt, on its thread, before the engine classifies it.
     *
     * @return the failure of the attempt
     */
    default Throwable attemptFailed(Retry retry, Throwable failure) {
        return failure;
    }
}
