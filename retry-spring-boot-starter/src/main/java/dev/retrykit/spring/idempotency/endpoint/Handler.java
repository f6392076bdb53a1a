package dev.retrykit.spring.idempotency.endpoint;

import java.lang.reflect.Method;
import org.springframework.aop.support.AopUtils;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;

/**
 * The method that handles a request, however it is called.
 *
 * @param type the controller's class, not that of a proxy
 * @param method the method of the class, not of an interface
 */
record Handler(Class<?> type, Method method) {

    static Handler of(Method method, Class<?> type) {
        Class<?> user = ClassUtils.getUserClass(type);
        return new Handler(user, AopUtils.getMostSpecificMethod(method, user));
    }

    static Handler of(HandlerMethod handler) {
        return of(handler.getMethod(), handler.getBeanType());
    }

    /**
     * Returns the handler of the mapping, of which there is one: the bean of a resolved handler may differ between
     * requests.
     */
    static HandlerMethod mapped(HandlerMethod handler) {
        HandlerMethod from = handler.getResolvedFromHandlerMethod();
        return from == null ? handler : mapped(from);
    }
}
