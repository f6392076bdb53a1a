package dev.retrykit.spring.idempotency.endpoint;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.stream.Stream;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.method.HandlerMethod;

/**
 * Creates proxies of a handler that intercept its method outside the bean's own proxy. Other methods of the controller,
 * such as those that create models and binders, are called as usual.
 */
public final class HandlerProxy {

    private static final int FIXED = Modifier.FINAL | Modifier.PRIVATE | Modifier.STATIC;

    private HandlerProxy() {}

    /**
     * Whether calls of a handler's method can be intercepted: a proxy can override it and all other methods that Spring
     * calls on its bean.
     */
    public static boolean isPossible(HandlerMethod handler) {
        Class<?> type = handler.getBeanType();
        return Proxy.isProxyClass(type)
                || !Modifier.isFinal(type.getModifiers())
                        && isOpen(handler.getMethod())
                        && Stream.of(ReflectionUtils.getAllDeclaredMethods(type))
                                .filter(HandlerProxy::isCalledToo)
                                .allMatch(HandlerProxy::isOpen);
    }

    /**
     * Whether the controller has exception handlers that a proxy cannot override. If they are called on the handler's
     * bean, that must not be a proxy.
     */
    public static boolean hasFixedExceptionHandlers(HandlerMethod handler) {
        return Stream.of(ReflectionUtils.getAllDeclaredMethods(handler.getBeanType()))
                .filter(method -> AnnotatedElementUtils.hasAnnotation(method, ExceptionHandler.class))
                .anyMatch(method -> !isOpen(method));
    }

    private static boolean isOpen(Method method) {
        return (method.getModifiers() & FIXED) == 0;
    }

    private static boolean isCalledToo(Method method) {
        return AnnotatedElementUtils.hasAnnotation(method, ModelAttribute.class)
                || AnnotatedElementUtils.hasAnnotation(method, InitBinder.class);
    }

    /** Returns the handler with an advice around its method. */
    public static HandlerMethod around(HandlerMethod handler, MethodInterceptor advice) {
        ProxyFactory proxy = of(handler, handler.getMethod());
        proxy.setTarget(handler.getBean());
        proxy.addAdvice(advice);
        return new Proxied(handler, proxy.getProxy(loader(handler)));
    }

    /**
     * Returns a handler with the given advisors only, which see the bean without its proxy, and an interceptor that
     * replaces the method.
     */
    public static HandlerMethod inPlaceOf(
            HandlerMethod handler, Method own, List<Advisor> advisors, MethodInterceptor last) {
        ProxyFactory proxy = of(handler, own);
        proxy.setTarget(innermost(handler.getBean()));
        advisors.forEach(proxy::addAdvisor);
        proxy.addAdvice(last);
        return new HandlerMethod(proxy.getProxy(loader(handler)), own);
    }

    private static @Nullable ClassLoader loader(HandlerMethod handler) {
        return handler.getBeanType().getClassLoader();
    }

    /** A handler with all of Spring's metadata, but with another bean. */
    private static final class Proxied extends HandlerMethod {

        Proxied(HandlerMethod handler, Object bean) {
            super(handler, bean, false);
        }
    }

    private static ProxyFactory of(HandlerMethod handler, Method own) {
        Object bean = handler.getBean();
        ProxyFactory proxy = new ProxyFactory();
        if (AopUtils.isJdkDynamicProxy(bean)) {
            proxy.setInterfaces(bean.getClass().getInterfaces());
        } else {
            proxy.setProxyTargetClass(true);
            proxy.setTargetClass(handler.getBeanType());
        }
        proxy.setOpaque(true);
        proxy.addAdvice((MethodInterceptor) call -> isSame(call.getMethod(), own, handler.getBeanType())
                ? call.proceed()
                : called(bean, call.getMethod(), call.getArguments()));
        return proxy;
    }

    private static Object innermost(Object bean) {
        Object target =
                bean instanceof ScopedObject scoped ? scoped.getTargetObject() : AopProxyUtils.getSingletonTarget(bean);
        return target == null ? bean : innermost(target);
    }

    /** Also true for a method of a generic interface and its implementation. */
    private static boolean isSame(Method one, Method other, Class<?> type) {
        return one.getName().equals(other.getName())
                && one.getParameterCount() == other.getParameterCount()
                && (List.of(one.getParameterTypes()).equals(List.of(other.getParameterTypes()))
                        || Handler.of(one, type).equals(Handler.of(other, type)));
    }

    /** Calls a method and throws what it throws. */
    public static @Nullable Object called(Object bean, Method method, @Nullable Object[] arguments) throws Exception {
        try {
            ReflectionUtils.makeAccessible(method);
            return method.invoke(bean, arguments);
        } catch (InvocationTargetException thrown) {
            if (thrown.getTargetException() instanceof Error error) {
                throw error;
            }
            throw (Exception) thrown.getTargetException();
        }
    }

    /** Returns the default value of a type: null, zero or false. */
    public static @Nullable Object nothing(Class<?> type) {
        return type.isPrimitive() && type != void.class ? Array.get(Array.newInstance(type, 1), 0) : null;
    }
}
