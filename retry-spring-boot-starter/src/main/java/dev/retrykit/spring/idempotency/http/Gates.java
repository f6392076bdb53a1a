package dev.retrykit.spring.idempotency.http;

import dev.retrykit.annotation.Idempotent;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import org.aopalliance.intercept.MethodInterceptor;
import org.springframework.aop.Advisor;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.stereotype.Controller;

/** Where among the advice of a controller its keys are looked at. */
public final class Gates {

    /**
     * After method security, whose orders end at 600, so that a repeat is answered to those alone who may call; and before
     * transactions and aspects, which have none or the last.
     */
    private static final int ORDER = 10_000;

    private Gates() {}

    /** What stands around a controller's method. */
    public interface Gate extends MethodInterceptor {}

    /** Whether there is one around a method of a bean. A scoped one makes its targets later: then nobody knows yet. */
    static boolean isGated(Object bean, Method method, Class<?> type) {
        return bean instanceof ScopedObject
                || bean instanceof Advised advised
                        && Arrays.stream(advised.getAdvisors())
                                .filter(advisor -> advisor.getAdvice() instanceof Gate)
                                .filter(PointcutAdvisor.class::isInstance)
                                .map(advisor -> ((PointcutAdvisor) advisor).getPointcut())
                                .anyMatch(pointcut -> isOpen(method)
                                        && pointcut.getMethodMatcher().matches(method, type));
    }

    private static boolean isOpen(Method method) {
        return (method.getModifiers() & (Modifier.FINAL | Modifier.PRIVATE | Modifier.STATIC)) == 0;
    }

    /** An advisor for all annotated methods of controllers. */
    public static Advisor advisor(Gate gate) {
        AnnotationMatchingPointcut annotated = new AnnotationMatchingPointcut(Controller.class, Idempotent.class, true);
        DefaultPointcutAdvisor advisor = new DefaultPointcutAdvisor(annotated, gate);
        advisor.setOrder(ORDER);
        return advisor;
    }
}
