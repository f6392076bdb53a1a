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
 * Calls a method by its plan. The proxy of an HTTP service interface has no target, so a fallback is called on the
 * proxy itself.
 */
final class RetryInterceptor implements MethodInterceptor {

    /** Enough for the methods of one bean. Searching more entries takes longer than the maps of the plans. */
    private static final int MOST_FOUND = 16;

    private final Supplier<MethodPlans> plans;
    private final @Nullable Advised proxy;
    private final @Nullable Class<?> hidden;
    private volatile CachedPlan[] cached = {};

    /**
     * Creates an interceptor that resolves the plans at the first call.
     *
     * @param proxy the only proxy with this interceptor; null if there are several
     * @param hidden the class behind another proxy that hides it; null if nothing hides it
     */
    RetryInterceptor(Supplier<MethodPlans> plans, @Nullable Advised proxy, @Nullable Class<?> hidden) {
        this.plans = plans;
        this.proxy = proxy;
        this.hidden = hidden;
    }

    @Override
    @SuppressWarnings("NullAway") // a method may return null, which the checker does not see through a type parameter
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
            "ReferenceEquality") // a proxy passes the same object each time; an equal one is found in the plans
    private @Nullable MethodPlan find(Method method, Class<?> type) {
        CachedPlan[] known = cached;
        for (CachedPlan each : known) {
            if (each.method == method && each.type == type) {
                return each.plan;
            }
        }
        MethodPlan plan = plans.get().find(method, type);
        if (known.length < MOST_FOUND) {
            CachedPlan[] more = Arrays.copyOf(known, known.length + 1);
            more[known.length] = new CachedPlan(method, type, plan);
            cached = more; // of two concurrent updates one is lost, and repeated by a later call
        }
        return plan;
    }

    /** Whether the invocation proceeds directly to the method. Advisors can be added to a proxy at any time. */
    private boolean isLast() {
        return proxy != null && (proxy.getAdvisorCount() == 1 || proxy.indexOf(this) == proxy.getAdvisorCount() - 1);
    }

    private record CachedPlan(
            Method method, Class<?> type, @Nullable MethodPlan plan) {}

    /**
     * Proceeds with an invocation repeatedly. An invocation can pass other interceptors only once, so each attempt gets
     * its own copy, with an array of arguments that they may change.
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
