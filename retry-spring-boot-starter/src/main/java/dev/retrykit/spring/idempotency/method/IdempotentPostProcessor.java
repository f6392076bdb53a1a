package dev.retrykit.spring.idempotency.method;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.expression.Unproxied;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.stereotype.Controller;
import org.springframework.util.ClassUtils;

/**
 * Puts keys around annotated methods of beans that aren't controllers, outside of retries and transactions: a claim lasts
 * for all attempts.
 */
public final class IdempotentPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor {

    private static final long serialVersionUID = 1;

    private final transient Supplier<IdempotentMethods> methods;
    private final transient Set<Class<?>> prepared = ConcurrentHashMap.newKeySet();

    /**
     * Without looking at the methods yet: this is made before the beans that they need.
     *
     * @param order the order among post-processors, after that of retries
     */
    public IdempotentPostProcessor(Supplier<IdempotentMethods> methods, int order) {
        this.methods = methods;
        this.advisor = new DefaultPointcutAdvisor(
                new AnnotationMatchingPointcut(null, Idempotent.class, true),
                (MethodInterceptor) invocation -> methods.get().invoke(invocation));
        setBeforeExistingAdvisors(true);
        setOrder(order);
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        try {
            return super.postProcessAfterInitialization(bean, beanName);
        } catch (AopConfigException noProxy) {
            throw Unproxied.because(bean.getClass(), "@Idempotent", noProxy);
        }
    }

    @Override
    protected boolean isEligible(Class<?> targetClass) {
        Class<?> type = ClassUtils.getUserClass(targetClass);
        if (!AnnotationUtils.isCandidateClass(type, Idempotent.class)
                || isController(type)
                || IdempotentMethods.annotated(type).isEmpty()
                || !super.isEligible(targetClass)) {
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
