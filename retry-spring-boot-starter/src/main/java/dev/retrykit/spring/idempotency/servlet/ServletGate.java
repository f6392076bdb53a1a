package dev.retrykit.spring.idempotency.servlet;

import dev.retrykit.spring.idempotency.http.Endpoints;
import dev.retrykit.spring.idempotency.http.Gates;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * Around a controller's method, within method security: only who may call it learns that it was called before. What is
 * retried around it comes here again, with the claim that it has already.
 */
public final class ServletGate implements Gates.Gate {

    /** Without state. */
    public ServletGate() {}

    @Override
    @SuppressWarnings("NullAway") // a method may return null, which the checker can't see through a type parameter
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        ServletExchange exchange = ServletExchange.current();
        Object target = invocation.getThis();
        if (exchange != null
                && target != null
                && exchange.waitsFor(Endpoints.specific(invocation.getMethod(), target.getClass()))) {
            exchange.enter(invocation.getArguments());
        }
        return invocation.proceed();
    }
}
