package dev.retrykit.spring.idempotency.method;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.expression.OnceAdvisingPostProcessor;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.aopalliance.aop.Advice;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.stereotype.Controller;
import org.springframework.util.ClassUtils;

/**
 * Advises annotated methods of beans that are not controllers, outside retries and transactions: a claim lasts for all
 * attempts.
 */
public final class IdempotentPostProcessor extends OnceAdvisingPostProcessor {

    private static final long serialVersionUID = 1;

    private final transient Supplier<IdempotentMethods> methods;
    private final transient Set<Class<?>> prepared = ConcurrentHashMap.newKeySet();

    /**
     * Creates the post-processor before the beans that the methods need; the methods are resolved later.
     *
     * @param order the order among post-processors, after that of retries
     */
    public IdempotentPostProcessor(Supplier<IdempotentMethods> methods, int order) {
        super(IdempotentInterceptor.class, "@Idempotent");
        this.methods = methods;
        this.advisor = new DefaultPointcutAdvisor(
                new AnnotationMatchingPointcut(null, Idempotent.class, true), new IdempotentInterceptor(methods, null));
        setOrder(order);
    }

    @Override
    protected boolean needsProxy(Class<?> type) {
        return AnnotationUtils.isCandidateClass(type, Idempotent.class)
                && !isController(type)
                && !IdempotentMethods.annotated(type).isEmpty();
    }

    @Override
    protected Advice interceptor(Class<?> hidden) {
        return new IdempotentInterceptor(methods, hidden);
    }

    @Override
    protected boolean isEligible(Class<?> targetClass) {
        Class<?> type = ClassUtils.getUserClass(targetClass);
        if (!needsProxy(type) || !super.isEligible(targetClass)) {
            return false;
        }
        if (prepared.add(type)) {
            methods.get().prepare(type);
        }
        return true;
    }

    private static boolean isController(Class<?> type) {
        return AnnotatedElementUtils.hasAnnotation(type, Controller.class);
    }
}
