package dev.retrykit.spring.idempotency.endpoint;

import java.util.List;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Advisor;
import org.springframework.aop.Pointcut;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.web.method.HandlerMethod;
import reactor.core.publisher.Mono;

/**
 * Detects whether method security denied the call of a handler, whatever the response was: a {@code
 * @HandleAuthorizationDenied} handler may return a value, and an exception handler may respond with any status. A
 * denied method was not entered.
 *
 * <p>The call goes through a copy of the bean's proxy, in which each interceptor of method security is placed between
 * two interceptors that record whether it proceeds. One instance per call, which may be attempted several times.
 */
final class AccessDenials {

    private volatile boolean denied;
    private volatile boolean passed;

    /** Whether a denial is why the method was not entered. */
    boolean areWhy() {
        return denied && !passed;
    }

    /** Calls a handler through the instrumented copy of its proxy. */
    @Nullable
    Object proceed(HandlerMethod handler, MethodInvocation call) throws Throwable {
        Object bean = handler.getBean();
        Object own = bean instanceof ScopedObject scoped ? scoped.getTargetObject() : bean;
        List<Advisor> advisors = own instanceof Advised advised ? List.of(advised.getAdvisors()) : List.of();
        int last = advisors.size() - 1;
        while (last >= 0 && !MethodSecurity.isPartOf(advisors.get(last))) {
            last--;
        }
        return last < 0
                ? call.proceed()
                : AopUtils.invokeJoinpointUsingReflection(
                        copy(own, (Advised) own, last, handler), call.getMethod(), call.getArguments());
    }

    private Object copy(Object bean, Advised own, int last, HandlerMethod handler) {
        ProxyFactory copy = new ProxyFactory();
        copy.setProxyTargetClass(!AopUtils.isJdkDynamicProxy(bean));
        copy.setInterfaces(own.getProxiedInterfaces());
        copy.setTargetSource(own.getTargetSource());
        copy.setExposeProxy(own.isExposeProxy());
        copy.setOpaque(true);
        Advisor[] advisors = own.getAdvisors();
        for (int i = 0; i < advisors.length; i++) {
            if (i <= last && MethodSecurity.isPartOf(advisors[i])) {
                addWatched(advisors[i], i == last, copy);
            } else {
                copy.addAdvisor(advisors[i]);
            }
        }
        return copy.getProxy(handler.getBeanType().getClassLoader());
    }

    private void addWatched(Advisor advisor, boolean isLast, ProxyFactory copy) {
        Pointcut pointcut = advisor instanceof PointcutAdvisor pointed ? pointed.getPointcut() : Pointcut.TRUE;
        Step step = new Step();
        copy.addAdvisor(new DefaultPointcutAdvisor(pointcut, (MethodInterceptor) call -> watched(call, step)));
        copy.addAdvisor(advisor);
        copy.addAdvisor(new DefaultPointcutAdvisor(pointcut, (MethodInterceptor) call -> {
            step.proceeded = true;
            passed |= isLast;
            return call.proceed();
        }));
    }

    private static final class Step {

        private volatile boolean proceeded;
    }

    private @Nullable Object watched(MethodInvocation call, Step step) throws Throwable {
        step.proceeded = false;
        Object result;
        try {
            result = call.proceed();
        } catch (Throwable failure) {
            look(step);
            throw failure;
        }
        ReactiveAdapterRegistry known = ReactiveAdapterRegistry.getSharedInstance();
        ReactiveAdapter adapter = result == null || !known.hasAdapters() ? null : known.getAdapter(null, result);
        if (step.proceeded || adapter == null || result == null || adapter.isMultiValue()) {
            look(step);
            return result;
        }
        return Subscribed.watched(result, adapter, () -> look(step));
    }

    private void look(Step step) {
        if (!step.proceeded) {
            denied = true;
        }
    }

    /** A separate class, because not every application has Reactor. */
    private static final class Subscribed {

        private Subscribed() {}

        static Object watched(Object result, ReactiveAdapter adapter, Runnable atEnd) {
            return adapter.fromPublisher(
                    Mono.from(adapter.<Object>toPublisher(result)).doOnTerminate(atEnd));
        }
    }
}
