package dev.retrykit.spring.method;

import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;

/** Calls a method by its plan. An invocation can be gone through once, so each attempt gets one of its own. */
final class RetryInterceptor implements MethodInterceptor {

    private final Supplier<MethodPlans> plans;

    RetryInterceptor(Supplier<MethodPlans> plans) {
        this.plans = plans;
    }

    @Override
    @SuppressWarnings("NullAway") // a method may return null, which the checker can't see through a type parameter
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Object target = invocation.getThis();
        MethodPlan plan = target == null ? null : plans.get().find(invocation.getMethod(), target.getClass());
        if (target == null || plan == null) {
            return invocation.proceed();
        }
        if (!(invocation instanceof ProxyMethodInvocation proxied)) {
            throw new IllegalStateException("not an invocation of a Spring proxy: " + invocation.getClass());
        }
        return plan.call(
                target,
                invocation.getArguments(),
                () -> proxied.invocableClone().proceed());
    }
}
