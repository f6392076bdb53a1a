package dev.retrykit.spring.method;

import dev.retrykit.Retry;
import dev.retrykit.spring.call.CallForm;
import dev.retrykit.spring.call.Fallback;
import dev.retrykit.spring.call.Invocation;
import org.jspecify.annotations.Nullable;

/**
 * How one method is called. Resolved once; then it is the engine, a form and perhaps a fallback.
 *
 * @param retry the engine
 * @param form how a method of its return type is called
 * @param fallback what answers when the call has failed
 */
record MethodPlan(Retry retry, CallForm form, @Nullable Fallback fallback) {

    /**
     * Calls the method.
     *
     * @throws Throwable the failure of the last attempt, or of the fallback
     */
    @Nullable
    Object call(Invocation invocation) throws Throwable {
        return form.call(retry, fallback, invocation);
    }
}
