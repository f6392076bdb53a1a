package dev.retrykit.spring.aspect;

import dev.retrykit.Retry;
import dev.retrykit.function.ThrowingFunction;
import dev.retrykit.spring.aspect.adapter.CallAdapter;
import dev.retrykit.spring.aspect.adapter.Fallback;
import dev.retrykit.spring.aspect.adapter.Invocation;
import dev.retrykit.spring.aspect.adapter.SyncCallAdapter;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * The plan by which a method is called, resolved once: the engine, a call adapter and possibly a fallback.
 *
 * @param retry the engine
 * @param byKey finds the engine for the key of a call; null if calls have no key
 * @param keys starts the idempotency keys of a call; null if the engine does, or there are none
 * @param form calls methods of this return type
 * @param fallback is called after the call has failed
 */
record MethodPlan(
        Retry retry,
        @Nullable ByKey byKey,
        @Nullable RequestKeys keys,
        CallAdapter form,
        @Nullable Fallback fallback)
        implements Invocation.FailureMapper, ThrowingFunction<MethodInvocation, @Nullable Object, Throwable> {

    /** Finds the engine of a call. */
    @FunctionalInterface
    interface ByKey {

        /**
         * Returns the engine for the key that the arguments provide.
         *
         * @throws IllegalArgumentException if the arguments provide no key
         */
        Retry engine(@Nullable Object[] arguments);
    }

    /**
     * Calls the method.
     *
     * @param target the object on which a fallback is called
     * @param method makes one attempt
     * @throws IllegalArgumentException if the call should have a key and has none; then neither the method nor a
     *     fallback has run
     * @throws Throwable the failure of the last attempt, or of the fallback
     */
    @Nullable
    Object call(Object target, @Nullable Object[] arguments, Invocation.Body method) throws Throwable {
        Retry engine = byKey == null ? retry : byKey.engine(arguments);
        Invocation.Body body = keys == null ? method : keys.in(method, arguments);
        return form.call(engine, fallback, new Invocation(target, arguments, body, this));
    }

    /** Whether a call can proceed with its invocation unchanged: only the method needs the arguments. */
    boolean isPlain() {
        return form instanceof SyncCallAdapter && fallback == null && keys == null;
    }

    /**
     * Calls the method of a {@linkplain #isPlain plain} plan. Allocates nothing if the first attempt succeeds.
     *
     * @param invocation can proceed repeatedly
     * @throws IllegalArgumentException if the call should have a key and has none; then the method has not run
     * @throws Throwable the failure of the last attempt
     */
    @Nullable
    Object call(MethodInvocation invocation) throws Throwable {
        Retry engine = byKey == null ? retry : byKey.engine(invocation.getArguments());
        return engine.call(invocation, this);
    }

    /** Makes one attempt of a plain call. */
    @Override
    @SuppressWarnings("NullAway") // a method may return null, which the checker does not see through a type parameter
    public @Nullable Object apply(MethodInvocation invocation) throws Throwable {
        try {
            return invocation.proceed();
        } catch (Throwable failure) {
            throw map(failure);
        }
    }

    /** Maps the failure of an attempt. An exception thrown here must not replace the failure. */
    @Override
    public Throwable map(Throwable failure) {
        try {
            return form.attemptFailed(retry, failure);
        } catch (Throwable untold) {
            // the engine classifies the failure only
            return failure;
        }
    }
}
