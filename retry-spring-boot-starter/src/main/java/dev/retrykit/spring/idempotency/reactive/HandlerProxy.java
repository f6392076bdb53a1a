package dev.retrykit.spring.idempotency.reactive;

import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.List;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;
import reactor.core.publisher.Mono;

/** A handler's method with something around it, outside of everything that its bean's own proxy does. */
final class HandlerProxy {

    private static final Method TO_STRING = ClassUtils.getMethod(Object.class, "toString");

    private HandlerProxy() {}

    /** Whether calls of a handler's method can be seen: a proxy overrides it. */
    static boolean isPossible(HandlerMethod handler) {
        int fixed = Modifier.FINAL | Modifier.PRIVATE | Modifier.STATIC;
        Class<?> type = handler.getBeanType();
        return Proxy.isProxyClass(handler.getBean().getClass())
                || !Modifier.isFinal(type.getModifiers())
                        && (handler.getMethod().getModifiers() & fixed) == 0;
    }

    /** Around the handler's method alone: its controller also handles exceptions and makes models. */
    static HandlerMethod around(HandlerMethod handler, MethodInterceptor advice) {
        return of(handler, handler.getMethod(), advice).createWithValidateFlags();
    }

    /** In place of a handler: it takes no arguments and fails, so that the controller's exception handlers answer. */
    static HandlerMethod failing(HandlerMethod handler, Throwable failure) {
        return of(handler, TO_STRING, call -> {
            throw failure;
        });
    }

    private static HandlerMethod of(HandlerMethod handler, Method own, MethodInterceptor advice) {
        Object bean = handler.getBean();
        ProxyFactory proxy = new ProxyFactory();
        proxy.setTarget(bean);
        if (AopUtils.isJdkDynamicProxy(bean)) {
            proxy.setInterfaces(bean.getClass().getInterfaces());
        } else {
            proxy.setProxyTargetClass(true);
        }
        proxy.setOpaque(true);
        proxy.addAdvice(
                (MethodInterceptor) call -> isSame(call.getMethod(), own) ? advice.invoke(call) : call.proceed());
        return new HandlerMethod(proxy.getProxy(handler.getBeanType().getClassLoader()), own);
    }

    private static boolean isSame(Method one, Method other) {
        return one.getName().equals(other.getName())
                && List.of(one.getParameterTypes()).equals(List.of(other.getParameterTypes()));
    }

    /** How what a method returns is subscribed to; null if it is there when the method returns. */
    static @Nullable ReactiveAdapter adapter(Method method) {
        Class<?> type = KotlinDetector.isSuspendingFunction(method) ? Mono.class : method.getReturnType();
        return ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
    }

    /** What a method returns that has nothing to say. */
    static @Nullable Object nothing(Class<?> type) {
        return type.isPrimitive() && type != void.class ? Array.get(Array.newInstance(type, 1), 0) : null;
    }
}
