package dev.retrykit.spring.method;

import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;

/**
 * Calls a method by its plan. An invocation can be gone through once, so each attempt gets one of its own. Behind the
 * proxy of an HTTP service interface there is no target: the proxy itself is what a fallback is called on.
 */
final class RetryInterceptor implements MethodInterceptor {

    private final Supplier<MethodPlans> plans;

    RetryInterceptor(Supplier<MethodPlans> plans) {
        this.plans = plans;
    }

    @Override
    @SuppressWarnings("NullAway") // a method may return null, which the checker can't see through a type parameter
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        if (!(invocation instanceof ProxyMethodInvocation proxied)) {
            throw new IllegalStateException("not an invocation of a Spring proxy: " + invocation.getClass());
        }
        Object behind = invocation.getThis();
        Object target = behind == null ? proxied.getProxy() : behind;
        MethodPlan plan = plans.get().find(invocation.getMethod(), target.getClass());
        if (plan == null) {
            return invocation.proceed();
        }
        return plan.call(
                target,
                invocation.getArguments(),
                arguments -> proxied.invocableClone(arguments).proceed());
    }
}
