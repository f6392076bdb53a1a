package dev.retrykit.spring.aspect;

import dev.retrykit.spring.aspect.check.ContainerInvocationCheck;
import dev.retrykit.spring.aspect.check.DecoratorCheck;
import dev.retrykit.spring.expression.OnceAdvisingPostProcessor;
import dev.retrykit.spring.expression.RetryAnnotations;
import dev.retrykit.spring.settings.AspectMode;
import dev.retrykit.spring.settings.InvalidSettingException;
import java.lang.reflect.Method;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.aopalliance.aop.Advice;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Advisor;
import org.springframework.aop.Pointcut;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.InstantiationAwareBeanPostProcessor;

/**
 * Adds retries to annotated beans, outside all existing interceptors, so that each attempt has its own transaction. A
 * later post-processor, such as that of {@code @Async}, runs outside the retries.
 */
public final class RetryPostProcessor extends OnceAdvisingPostProcessor
        implements InstantiationAwareBeanPostProcessor, DisposableBean {

    private static final long serialVersionUID = 1;

    private final transient Supplier<MethodPlans> plans;
    private final AspectMode mode;
    private final transient Set<Class<?>> prepared = ConcurrentHashMap.newKeySet();
    private final transient ContainerInvocationCheck containerCalls = new ContainerInvocationCheck();
    private final transient Pointcut annotations = new Annotations(this::isAnnotated);
    private final transient Advisor shared;

    /**
     * Creates a post-processor. It must not resolve the plans yet, because the beans they need do not exist.
     *
     * @param plans called when the first annotated bean is created
     * @param order the order among post-processors
     * @param mode whether to create proxies, or to rely on woven classes except for interfaces without a class
     * @throws InvalidSettingException if classes should be woven and AspectJ is not present
     */
    public RetryPostProcessor(Supplier<MethodPlans> plans, int order, AspectMode mode) {
        super(RetryInterceptor.class, "@Retryable or @CircuitGuarded");
        this.plans = plans;
        this.mode = mode;
        if (mode == AspectMode.ASPECTJ) {
            Weaving.begin(plans);
        }
        this.shared = advisor(null);
        this.advisor = shared;
        setOrder(order);
    }

    private Advisor advisor(@Nullable Advised proxy) {
        return new DefaultPointcutAdvisor(annotations, new RetryInterceptor(plans, proxy, null));
    }

    /** Gives each new proxy its own advisor. Proxies whose pointcuts are equal share their class. */
    @Override
    protected void customizeProxyFactory(ProxyFactory proxyFactory) {
        int place = proxyFactory.indexOf(shared);
        proxyFactory.removeAdvisor(place);
        proxyFactory.addAdvisor(place, advisor(proxyFactory));
    }

    @Override
    public @Nullable Object postProcessBeforeInstantiation(Class<?> beanClass, String beanName) {
        if (mode == AspectMode.PROXY) {
            containerCalls.warn(beanClass, beanName, beans());
        }
        return null;
    }

    @Override
    protected boolean needsProxy(Class<?> type) {
        return mode == AspectMode.PROXY
                && RetryAnnotations.isCandidate(type)
                && !MethodPlans.annotatedMethods(type).isEmpty();
    }

    @Override
    protected void inspect(Object bean, String beanName, Predicate<Object> intercepted) {
        DecoratorCheck.warn(bean, beanName, intercepted);
    }

    @Override
    protected Advice interceptor(Class<?> hidden) {
        return new RetryInterceptor(plans, null, hidden);
    }

    /** Woven classes outlive the application. From now on, their methods are called directly. */
    @Override
    public void destroy() {
        Weaving.end(plans);
    }

    /** Resolves all methods of the class, so that an invalid one fails startup and not its first call. */
    @Override
    protected boolean isEligible(Class<?> targetClass) {
        boolean eligible = RetryAnnotations.isCandidate(targetClass)
                && super.isEligible(targetClass)
                && plans.get().prepare(targetClass)
                && (mode == AspectMode.PROXY || MethodPlans.isMade(targetClass));
        if (eligible) {
            prepared.add(targetClass);
        }
        return eligible;
    }

    /**
     * Behind a proxy of interfaces, the method is the interface's, but the annotation may be on the class. The plans
     * know all declarations of a method, but are only used for classes that have annotations: most beans are created
     * before the plans can be.
     */
    private boolean isAnnotated(Method method, Class<?> targetClass) {
        return RetryAnnotations.of(method, targetClass) != null
                || RetryAnnotations.of(AopUtils.getMostSpecificMethod(method, targetClass), targetClass) != null
                || prepared.contains(targetClass) && plans.get().find(method, targetClass) != null;
    }

    private static final class Annotations extends StaticMethodMatcherPointcut {

        private final BiPredicate<Method, Class<?>> isAnnotated;

        Annotations(BiPredicate<Method, Class<?>> isAnnotated) {
            this.isAnnotated = isAnnotated;
        }

        @Override
        public boolean matches(Method method, Class<?> targetClass) {
            return isAnnotated.test(method, targetClass);
        }
    }
}
