package dev.retrykit.spring.observe.layers;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Finds the beans of libraries that retry, in one bean factory. Beans are inspected but never created.
 *
 * @param beans the bean factory
 */
record BeanScan(ConfigurableListableBeanFactory beans) {

    /** Receives a bean of a library. */
    interface Finding {

        /**
         * Accepts a bean.
         *
         * @param attempts how many attempts it makes, as told by {@link RetryingLayer#attempts}
         */
        void accept(String name, RetryingLayer layer, int attempts);
    }

    void forEach(Finding finding) {
        for (String name : names()) {
            Object bean = made(name);
            Class<?> type = bean == null ? type(name) : bean.getClass();
            RetryingLayer layer = type == null ? null : RetryingLibraries.of(type);
            int attempts = layer == null || bean == null ? RetryingLayer.UNKNOWN : layer.attempts(bean);
            if (layer != null && isEvident(layer, name, attempts)) {
                finding.accept(name, layer, attempts);
            }
        }
    }

    private boolean isEvident(RetryingLayer layer, String name, int attempts) {
        return switch (layer.evidence()) {
            case USE -> beans.getDependentBeans(name).length > 0;
            case COUNT_ONLY -> attempts != RetryingLayer.UNKNOWN;
            case COUNT, BEAN -> true;
        };
    }

    private Set<String> names() {
        Set<String> names = new LinkedHashSet<>(List.of(beans.getBeanDefinitionNames()));
        names.addAll(List.of(beans.getSingletonNames()));
        names.removeIf(ScopedProxyUtils::isScopedTarget);
        return names;
    }

    private @Nullable Class<?> type(String name) {
        try {
            return beans.getType(name, false);
        } catch (BeansException unknown) {
            return null;
        }
    }

    /**
     * Returns an existing bean, unwrapped from proxies where possible; null if it has not been created or must not be
     * inspected.
     */
    private @Nullable Object made(String name) {
        Object bean = beans.containsSingleton(name) ? beans.getSingleton(name) : null;
        if (bean == null || bean instanceof FactoryBean<?>) {
            return null;
        }
        while (AopUtils.isAopProxy(bean)) {
            bean = AopProxyUtils.getSingletonTarget(bean);
        }
        if (bean != null && Proxy.isProxyClass(bean.getClass())) {
            InvocationHandler handler = Proxy.getInvocationHandler(bean);
            return handler.getClass().getName().startsWith("feign.") ? handler : bean;
        }
        return bean == null || isMock(bean) ? null : bean;
    }

    /** A test may verify that a mock has no interactions. */
    private static boolean isMock(Object bean) {
        return bean.getClass().getName().contains("$MockitoMock$");
    }
}
