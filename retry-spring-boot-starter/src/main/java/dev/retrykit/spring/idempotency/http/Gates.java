package dev.retrykit.spring.idempotency.http;

import dev.retrykit.annotation.Idempotent;
import org.aopalliance.intercept.MethodInterceptor;
import org.springframework.aop.Advisor;
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

    /** An advisor for all annotated methods of controllers. */
    public static Advisor advisor(MethodInterceptor gate) {
        AnnotationMatchingPointcut annotated = new AnnotationMatchingPointcut(Controller.class, Idempotent.class, true);
        DefaultPointcutAdvisor advisor = new DefaultPointcutAdvisor(annotated, gate);
        advisor.setOrder(ORDER);
        return advisor;
    }
}
