package dev.retrykit.spring.idempotency.servlet;

import dev.retrykit.spring.idempotency.http.Gates;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Method;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;

/** Lets a method of a controller be called for a request only after its key was looked at, and tells that it is called. */
public final class ServletGate implements Gates.Gate {

    /** Without state. */
    public ServletGate() {}

    @Override
    @SuppressWarnings("NullAway") // a method may return null, which the checker can't see through a type parameter
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        if (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes) {
            enter(attributes.getRequest(), invocation.getMethod());
        }
        return invocation.proceed();
    }

    private static void enter(HttpServletRequest request, Method method) {
        ServletExchange exchange = ServletExchange.of(request);
        if (exchange == null || !isHandler(request, method)) {
            return;
        }
        if (!exchange.isDecided()) {
            throw Gates.undecided(method);
        }
        exchange.called();
    }

    /** What is called for the request is its handler; whatever else is called is the application's own affair. */
    private static boolean isHandler(HttpServletRequest request, Method method) {
        return request.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE) instanceof HandlerMethod handler
                && handler.getMethod().getName().equals(method.getName())
                && method.getDeclaringClass().isAssignableFrom(handler.getBeanType());
    }
}
