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
 * Adds an interceptor to beans, once each. A bean is processed again if a second {@code @Bean} method or a
 * {@code FactoryBean} returns it, or if it is behind another proxy.
 */
public abstract class OnceAdvisingPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor
        implements SmartInitializingSingleton {

    private static final long serialVersionUID = 1;

    private final Class<? extends Advice> interceptor;
    private final String annotations;
    private final transient RawBeans raw = new RawBeans();
    private transient @Nullable BeanFactory beans;

    /**
     * Creates a post-processor whose interceptor runs outside all existing ones.
     *
     * @param interceptor the interceptor's type; a bean that has one needs no other
     * @param annotations the annotations of the methods, for messages
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
     * Adds the interceptor to a bean that has annotated methods.
     *
     * @throws InvalidSettingException if the bean's class cannot be proxied
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

    /**
     * Adds the interceptor to a proxy with interfaces only, if it is in front of another such proxy: the annotations of
     * the class are not visible there.
     */
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
            throw new IllegalStateException("the advisor has not been set");
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
     * Checks a bean that has the interceptor, after all singletons have been created.
     *
     * @param intercepted whether another object has the interceptor
     */
    protected void inspect(Object bean, String beanName, Predicate<Object> intercepted) {}

    /** The factory of the beans; null until it is known. */
    protected final @Nullable BeanFactory beans() {
        return beans;
    }

    /** Whether a class has annotated methods that require a proxy. */
    protected abstract boolean needsProxy(Class<?> type);

    /** Creates an interceptor for an object whose class is hidden by a proxy. */
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
