package dev.retrykit.spring.expression;

import dev.retrykit.spring.settings.InvalidSettingException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.Predicate;
import org.aopalliance.aop.Advice;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Advisor;
import org.springframework.aop.MethodMatcher;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;

/**
 * Puts an interceptor in front of beans, once each: a bean comes again if a second {@code @Bean} method or a
 * {@code FactoryBean} returns it, or if another proxy stands in front of it.
 */
public abstract class OnceAdvisingPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor
        implements SmartInitializingSingleton {

    private static final long serialVersionUID = 1;

    private final Class<? extends Advice> interceptor;
    private final String annotations;
    private final transient RawBeans raw = new RawBeans();
    private transient @Nullable BeanFactory beans;

    /**
     * Outside of all interceptors that are there.
     *
     * @param interceptor what a bean has that needs no other
     * @param annotations those that methods have, for messages
     */
    protected OnceAdvisingPostProcessor(Class<? extends Advice> interceptor, String annotations) {
        this.interceptor = interceptor;
        this.annotations = annotations;
        setBeforeExistingAdvisors(true);
    }

    @Override
    public void setBeanFactory(BeanFactory beanFactory) {
        super.setBeanFactory(beanFactory);
        this.beans = beanFactory;
    }

    /**
     * Puts the interceptor in front of a bean that has methods for it.
     *
     * @throws InvalidSettingException if the bean's class can't have a proxy
     */
    @Override
    public final Object postProcessAfterInitialization(Object bean, String beanName) {
        raw.see(beanName);
        if (InterceptedBeans.isBehind(bean, interceptor, beans)) {
            return bean;
        }
        try {
            return isAdvisedBehindInterfaces(bean) ? bean : super.postProcessAfterInitialization(bean, beanName);
        } catch (AopConfigException noProxy) {
            throw UnproxiableClass.because(bean.getClass(), annotations, noProxy);
        }
    }

    /** A proxy of another proxy that has interfaces only: annotations of the class are out of its sight. */
    private boolean isAdvisedBehindInterfaces(Object bean) {
        if (!(bean instanceof Advised advised)
                || advised.isFrozen()
                || !Proxy.isProxyClass(AopUtils.getTargetClass(bean))) {
            return false;
        }
        Class<?> type = ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(bean));
        if (Proxy.isProxyClass(type) || type.isInterface() || !isEligible(type)) {
            return false;
        }
        MethodMatcher methods = ((PointcutAdvisor) ownAdvisor()).getPointcut().getMethodMatcher();
        advised.addAdvisor(0, new DefaultPointcutAdvisor(new MethodsOf(type, methods), interceptor(type)));
        return true;
    }

    private Advisor ownAdvisor() {
        Advisor own = advisor;
        if (own == null) {
            throw new IllegalStateException("no advisor yet");
        }
        return own;
    }

    @Override
    public final void afterSingletonsInstantiated() {
        if (beans instanceof ConfigurableListableBeanFactory all) {
            raw.warn(
                    all,
                    annotations,
                    bean -> !InterceptedBeans.isBehind(bean, interceptor, all)
                            && needsProxy(ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(bean))));
            inspectAll(all);
        }
    }

    private void inspectAll(ConfigurableListableBeanFactory all) {
        for (String name : all.getSingletonNames()) {
            Object bean = all.getSingleton(name);
            if (bean instanceof Advised && InterceptedBeans.isBehind(bean, interceptor, all)) {
                inspect(bean, name, other -> InterceptedBeans.isBehind(other, interceptor, all));
            }
        }
    }

    /**
     * Looks at a bean that has the interceptor, once all singletons are made.
     *
     * @param intercepted which objects have it
     */
    protected void inspect(Object bean, String beanName, Predicate<Object> intercepted) {}

    /** The factory whose beans these are; null as long as it isn't known. */
    protected final @Nullable BeanFactory beans() {
        return beans;
    }

    /** Whether a class has annotated methods that only a proxy can serve. */
    protected abstract boolean needsProxy(Class<?> type);

    /** An interceptor for an object whose class a proxy hides. */
    protected abstract Advice interceptor(Class<?> hidden);

    private static final class MethodsOf extends StaticMethodMatcherPointcut {

        private final Class<?> type;
        private final MethodMatcher methods;

        MethodsOf(Class<?> type, MethodMatcher methods) {
            this.type = type;
            this.methods = methods;
        }

        @Override
        public boolean matches(Method method, Class<?> targetClass) {
            return methods.matches(method, type);
        }
    }
}
