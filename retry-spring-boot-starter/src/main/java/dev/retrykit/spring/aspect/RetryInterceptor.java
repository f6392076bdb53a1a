package dev.retrykit.spring.aspect;

import dev.retrykit.spring.aspect.adapter.Invocation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.Advised;

/**
 * Calls a method by its plan. Behind the proxy of an HTTP service interface there is no target: the proxy itself is what a
 * fallback is called on.
 */
final class RetryInterceptor implements MethodInterceptor {

    /** Those of one bean's methods fit in; looking through more takes longer than the maps of the plans. */
    private static final int MOST_FOUND = 16;

    private final Supplier<MethodPlans> plans;
    private final @Nullable Advised proxy;
    private final @Nullable Class<?> hidden;
    private volatile Found[] found = {};

    /**
     * Without looking at the plans yet.
     *
     * @param proxy the only proxy that this is in; null if there are others
     * @param hidden the class behind, if the proxy stands in front of another that hides it
     */
    RetryInterceptor(Supplier<MethodPlans> plans, @Nullable Advised proxy, @Nullable Class<?> hidden) {
        this.plans = plans;
        this.proxy = proxy;
        this.hidden = hidden;
    }

    @Override
    @SuppressWarnings("NullAway") // a method may return null, which the checker can't see through a type parameter
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        if (!(invocation instanceof ProxyMethodInvocation proxied)) {
            throw new IllegalStateException("not an invocation of a Spring proxy: " + invocation.getClass());
        }
        Object behind = invocation.getThis();
        Object target = behind == null ? proxied.getProxy() : behind;
        MethodPlan plan = find(invocation.getMethod(), hidden == null ? target.getClass() : hidden);
        if (plan == null) {
            return invocation.proceed();
        }
        boolean last = isLast();
        return last && plan.isPlain()
                ? plan.call(invocation)
                : plan.call(target, invocation.getArguments(), new Attempt(proxied, last));
    }

    @SuppressWarnings(
            "ReferenceEquality") // a proxy gives the same object each time; another equal one is found by the plans
    private @Nullable MethodPlan find(Method method, Class<?> type) {
        Found[] known = found;
        for (Found each : known) {
            if (each.method == method && each.type == type) {
                return each.plan;
            }
        }
        MethodPlan plan = plans.get().find(method, type);
        if (known.length < MOST_FOUND) {
            Found[] more = Arrays.copyOf(known, known.length + 1);
            more[known.length] = new Found(method, type, plan);
            found = more; // of two at the same time one is lost, and found again
        }
        return plan;
    }

    /** Whether an invocation that has come here goes on to the method. Advisors may be added to a proxy at any time. */
    private boolean isLast() {
        return proxy != null && (proxy.getAdvisorCount() == 1 || proxy.indexOf(this) == proxy.getAdvisorCount() - 1);
    }

    private record Found(
            Method method, Class<?> type, @Nullable MethodPlan plan) {}

    /**
     * Goes on with an invocation, again and again. Through other interceptors it can be gone through once, so each attempt
     * gets one of its own, with an array of its own that they may change.
     */
    private record Attempt(ProxyMethodInvocation invocation, boolean toTheMethod) implements Invocation.Body {

        @Override
        public @Nullable Object call(@Nullable Object[] arguments) throws Throwable {
            return toTheMethod && arguments == invocation.getArguments()
                    ? invocation.proceed()
                    : invocation.invocableClone(arguments.clone()).proceed();
        }
    }
}
