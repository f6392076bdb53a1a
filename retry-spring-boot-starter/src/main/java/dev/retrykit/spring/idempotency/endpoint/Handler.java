package dev.retrykit.spring.idempotency.endpoint;

import java.lang.reflect.Method;
import org.springframework.aop.support.AopUtils;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;

/**
 * The method that is carried out, however it is called.
 *
 * @param type the controller's class, no proxy's
 * @param method the class's own method, not an interface's
 */
record Handler(Class<?> type, Method method) {

    static Handler of(Method method, Class<?> type) {
        Class<?> user = ClassUtils.getUserClass(type);
        return new Handler(user, AopUtils.getMostSpecificMethod(method, user));
    }

    static Handler of(HandlerMethod handler) {
        return of(handler.getMethod(), handler.getBeanType());
    }

    /** The mapping's own, of which there is one: the bean of a resolved one may be another for each request. */
    static HandlerMethod mapped(HandlerMethod handler) {
        HandlerMethod from = handler.getResolvedFromHandlerMethod();
        return from == null ? handler : mapped(from);
    }
}
