package dev.retrykit.spring.expression;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import org.aopalliance.aop.Advice;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.target.AbstractBeanFactoryBasedTargetSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.util.ReflectionUtils;

/** Finds beans whose calls already pass an interceptor, through any number of proxies. */
final class InterceptedBeans {

    private InterceptedBeans() {}

    /**
     * Whether the calls of a bean pass such an interceptor.
     *
     * @param beans the factory whose beans have the interceptor if they need it; null if unknown
     */
    static boolean isBehind(Object bean, Class<? extends Advice> interceptor, @Nullable BeanFactory beans) {
        Object link = bean;
        while (link instanceof Advised advised) {
            if (has(advised, interceptor) || isBeanOf(advised, beans)) {
                return true;
            }
            link = AopProxyUtils.getSingletonTarget(link);
        }
        return link instanceof Proxy && handlerHolds(link, interceptor, beans);
    }

    private static boolean has(Advised advised, Class<? extends Advice> interceptor) {
        for (Advisor advisor : advised.getAdvisors()) {
            if (interceptor.isInstance(advisor.getAdvice())) {
                return true;
            }
        }
        return false;
    }

    /** A target created by the same bean factory already has its interceptor. */
    private static boolean isBeanOf(Advised advised, @Nullable BeanFactory beans) {
        return advised.getTargetSource() instanceof AbstractBeanFactoryBasedTargetSource source
                && source.getBeanFactory() == beans;
    }

    /** Whether a handwritten proxy delegates to such a bean. */
    private static boolean handlerHolds(
            Object proxy, Class<? extends Advice> interceptor, @Nullable BeanFactory beans) {
        InvocationHandler handler = Proxy.getInvocationHandler(proxy);
        for (Field field : handler.getClass().getDeclaredFields()) {
            Object held =
                    Modifier.isStatic(field.getModifiers()) || field.getType().isPrimitive()
                            ? null
                            : value(field, handler);
            if (held != null && held != proxy && isOfSameKind(held, proxy) && isBehind(held, interceptor, beans)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOfSameKind(Object held, Object proxy) {
        for (Class<?> contract : proxy.getClass().getInterfaces()) {
            if (contract.isInstance(held)) {
                return true;
            }
        }
        return false;
    }

    /** A field that cannot be read counts as holding no such bean. */
    private static @Nullable Object value(Field field, Object handler) {
        try {
            ReflectionUtils.makeAccessible(field);
            return field.get(handler);
        } catch (IllegalAccessException | RuntimeException closed) {
            return null;
        }
    }
}
