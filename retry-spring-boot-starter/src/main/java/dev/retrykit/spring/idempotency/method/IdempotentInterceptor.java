package dev.retrykit.spring.idempotency.method;

import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * Runs idempotent methods of beans with their keys.
 *
 * @param methods resolved by the first call
 * @param hidden the target class, if the proxy is in front of another one that hides it
 */
record IdempotentInterceptor(
        Supplier<IdempotentMethods> methods, @Nullable Class<?> hidden) implements MethodInterceptor {

    @Override
    @SuppressWarnings("NullAway") // a method may return null, which NullAway cannot see through a type parameter
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        return methods.get().call(invocation, hidden);
    }
}
