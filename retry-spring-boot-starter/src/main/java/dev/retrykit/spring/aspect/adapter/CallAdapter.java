package dev.retrykit.spring.aspect.adapter;

import dev.retrykit.Retry;
import org.jspecify.annotations.Nullable;

/** How the methods of one kind of return type are called. */
public interface CallAdapter {

    /**
     * Calls a method.
     *
     * @param fallback what answers when the call has failed
     * @throws Throwable the failure of the last attempt, or of the fallback
     */
    @Nullable
    Object call(Retry retry, @Nullable Fallback fallback, Invocation invocation) throws Throwable;

    /**
     * An attempt has thrown something; asked on its thread, before the engine is.
     *
     * @return what the attempt fails with
     */
    default Throwable attemptFailed(Retry retry, Throwable failure) {
        return failure;
    }
}
