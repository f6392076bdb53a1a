package dev.retrykit.spring.idempotency.http;

import dev.retrykit.annotation.Idempotent;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.stream.Stream;
import org.aopalliance.intercept.MethodInterceptor;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Controller;
import org.springframework.web.method.HandlerMethod;

/**
 * The last line of defense around annotated controller methods: it sees when one is called, and what a dispatcher calls without having decided about its
 * key is refused, so that no configuration of adapters lets a request run unseen. Calls by the application's own code pass.
 */
public final class Gates {

    /** The advisor's name, where a dispatcher needs one. */
    static final String BEAN = "retrykitIdempotencyGate";

    private Gates() {}

    /** What stands around a controller's method. */
    public interface Gate extends MethodInterceptor {}

    /** An advisor for all annotated methods of controllers, before all other advice. */
    public static Advisor advisor(Gate gate) {
        AnnotationMatchingPointcut annotated = new AnnotationMatchingPointcut(Controller.class, Idempotent.class, true);
        DefaultPointcutAdvisor advisor = new DefaultPointcutAdvisor(annotated, gate);
        advisor.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return advisor;
    }

    /** Whether there is one around a handler's method. */
    static boolean isAround(HandlerMethod handler) {
        Method method = handler.getMethod();
        Object bean = handler.getBean() instanceof ScopedObject scoped ? scoped.getTargetObject() : handler.getBean();
        return bean instanceof Advised advised
                && (method.getModifiers() & (Modifier.FINAL | Modifier.PRIVATE | Modifier.STATIC)) == 0
                && Stream.of(advised.getAdvisors()).anyMatch(advisor -> advisor.getAdvice() instanceof Gate);
    }

    /** Why a call is refused. */
    public static IllegalStateException undecided(Method method) {
        return new IllegalStateException("A request came to "
                + method.getDeclaringClass().getSimpleName() + "."
                + method.getName() + " whose idempotency key nobody looked at, so it wasn't carried out. Another"
                + " HandlerAdapter handled it: let that one come after 'retrykitEndpointAdapter', and don't switch"
                + " DispatcherServlet.detectAllHandlerAdapters off.");
    }
}
