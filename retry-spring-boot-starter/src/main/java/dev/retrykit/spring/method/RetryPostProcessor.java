package dev.retrykit.spring.method;

import dev.retrykit.spring.settings.InvalidSettingException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.function.Supplier;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.core.KotlinDetector;

/**
 * Puts retries in front of annotated beans, outermost of what is there: a transaction is begun and ended within one
 * attempt. A post-processor that comes later, such as that of {@code @Async}, stands outside.
 */
public final class RetryPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor {

    private static final long serialVersionUID = 1;

    private final transient Supplier<MethodPlans> plans;

    /**
     * Without looking at the plans yet: this is made before the beans that they need.
     *
     * @param plans asked for when the first annotated bean comes
     * @param order the order among post-processors
     */
    public RetryPostProcessor(Supplier<MethodPlans> plans, int order) {
        this.plans = plans;
        this.advisor = new DefaultPointcutAdvisor(new Annotations(), new RetryInterceptor(plans));
        setBeforeExistingAdvisors(true);
        setOrder(order);
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        try {
            return super.postProcessAfterInitialization(bean, beanName);
        } catch (AopConfigException noProxy) {
            throw unproxied(bean.getClass(), noProxy);
        }
    }

    private static InvalidSettingException unproxied(Class<?> type, AopConfigException noProxy) {
        boolean isFinal = Modifier.isFinal(type.getModifiers());
        String remedy = "Let the class have a subclass";
        if (isFinal) {
            remedy = KotlinDetector.isKotlinType(type)
                    ? "Make the class and its functions open, or let the compiler plugin kotlin-spring do so, which"
                            + " opens a @Component, a @Service and the like"
                    : "Remove 'final' from the class (a record is always final)";
        }
        return new InvalidSettingException(
                MethodNames.simpleName(type) + " has methods with @Retryable or @CircuitGuarded, but " + type.getName()
                        + " can't be proxied: "
                        + (isFinal ? "it is final." : noProxy.getMessage()),
                remedy + ", or call it through an interface and set spring.aop.proxy-target-class=false.");
    }

    /** All methods of the class are looked at here, so that a wrong one stops the start and not the first call. */
    @Override
    protected boolean isEligible(Class<?> targetClass) {
        return Annotated.isCandidate(targetClass)
                && super.isEligible(targetClass)
                && plans.get().prepare(targetClass);
    }

    /** Behind a proxy of interfaces the method is the interface's, and the annotation may be the class's. */
    private static final class Annotations extends StaticMethodMatcherPointcut {

        @Override
        public boolean matches(Method method, Class<?> targetClass) {
            return Annotated.of(method, targetClass) != null
                    || Annotated.of(AopUtils.getMostSpecificMethod(method, targetClass), targetClass) != null;
        }
    }
}
