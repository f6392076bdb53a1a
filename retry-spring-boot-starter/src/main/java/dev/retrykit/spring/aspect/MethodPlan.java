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
 * How one method is called. Resolved once; then it is the engine, a form and perhaps a fallback.
 *
 * @param retry the engine
 * @param byKey the part of the engine that a call with a key goes through; null if calls have none
 * @param keys begins the idempotency keys of a call; null if the engine does or there are none
 * @param form how a method of its return type is called
 * @param fallback what answers when the call has failed
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
         * The engine of the key that the arguments give.
         *
         * @throws IllegalArgumentException if they give none
         */
        Retry engine(@Nullable Object[] arguments);
    }

    /**
     * Calls the method.
     *
     * @param target what a fallback is called on
     * @param method makes one attempt
     * @throws IllegalArgumentException if the call should have a key and has none; then nothing ran, nor will a fallback
     * @throws Throwable the failure of the last attempt, or of the fallback
     */
    @Nullable
    Object call(Object target, @Nullable Object[] arguments, Invocation.Body method) throws Throwable {
        Retry engine = byKey == null ? retry : byKey.engine(arguments);
        Invocation.Body body = keys == null ? method : keys.in(method, arguments);
        return form.call(engine, fallback, new Invocation(target, arguments, body, this));
    }

    /** Whether a call may go on with its invocation as it is: nothing needs the arguments but the method. */
    boolean isPlain() {
        return form instanceof SyncCallAdapter && fallback == null && keys == null;
    }

    /**
     * Calls the method of a {@linkplain #isPlain plain} plan, and makes no object if its first attempt succeeds.
     *
     * @param invocation can be gone through again and again
     * @throws IllegalArgumentException if the call should have a key and has none; then nothing ran
     * @throws Throwable the failure of the last attempt
     */
    @Nullable
    Object call(MethodInvocation invocation) throws Throwable {
        Retry engine = byKey == null ? retry : byKey.engine(invocation.getArguments());
        return engine.call(invocation, this);
    }

    /** One attempt of such a call. */
    @Override
    @SuppressWarnings("NullAway") // a method may return null, which the checker can't see through a type parameter
    public @Nullable Object apply(MethodInvocation invocation) throws Throwable {
        try {
            return invocation.proceed();
        } catch (Throwable failure) {
            throw map(failure);
        }
    }

    /** An attempt has failed. What goes wrong here must not take the place of the failure. */
    @Override
    public Throwable map(Throwable failure) {
        try {
            return form.attemptFailed(retry, failure);
        } catch (Throwable untold) {
            // the engine judges the attempt by its failure alone
            return failure;
        }
    }
}
