package dev.retrykit.spring.idempotency.method;

import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * Calls methods of beans with their keys.
 *
 * @param methods asked for by the first call
 * @param hidden the class behind, if the proxy stands in front of another that hides it
 */
record IdempotentInterceptor(
        Supplier<IdempotentMethods> methods, @Nullable Class<?> hidden) implements MethodInterceptor {

    @Override
    @SuppressWarnings("NullAway") // a method may return null, which the checker can't see through a type parameter
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        return methods.get().call(invocation, hidden);
    }
}
