package dev.retrykit.spring.observe;

import dev.retrykit.spring.observe.RetryingLayer.Evidence;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.settings.MessageText;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;

/**
 * At the start, a line for each library that retries by itself beside the policies: their attempts multiply. It is a warning
 * where a bean shows that it does, and nothing is said where a bean shows that it doesn't. Beans are looked at, and never made.
 */
public final class RetryingLayers implements SmartInitializingSingleton {

    private static final Log LOG = LogFactory.getLog("dev.retrykit.layers");

    private static final int MOST_NAMES = 3;

    private final Retries retries;
    private final ConfigurableListableBeanFactory beans;

    /** On the beans that are there when all are made. */
    public RetryingLayers(Retries retries, ConfigurableListableBeanFactory beans) {
        this.retries = retries;
        this.beans = beans;
    }

    /**
     * Beans of a library.
     *
     * @param names theirs
     * @param attempts of the one that makes most
     */
    private record Found(List<String> names, int attempts) {

        Found with(String name, int others) {
            List<String> all = new ArrayList<>(names);
            all.add(name);
            boolean more =
                    others == RetryingLayer.UNLIMITED || attempts != RetryingLayer.UNLIMITED && others > attempts;
            return new Found(all, more ? others : attempts);
        }
    }

    @Override
    public void afterSingletonsInstantiated() {
        if (retries.ownPolicies().isEmpty()) {
            return;
        }
        Map<RetryingLayer, Found> found = new LinkedHashMap<>();
        for (String name : names()) {
            Object bean = made(name);
            Class<?> type = bean == null ? type(name) : bean.getClass();
            RetryingLayer layer = type == null ? null : RetryingLayer.of(type);
            if (layer != null && (layer.evidence() != Evidence.USE || beans.getDependentBeans(name).length > 0)) {
                add(found, layer, name, bean == null ? RetryingLayer.UNKNOWN : layer.attempts(bean));
            }
        }
        found.forEach(RetryingLayers::report);
        if (found.keySet().stream().noneMatch(layer -> layer.library().equals(RetryingLayer.STRIPE.library()))) {
            reportStatic(RetryingLayer.STRIPE);
        }
    }

    private static void add(Map<RetryingLayer, Found> found, RetryingLayer layer, String name, int attempts) {
        if (attempts != 1) {
            Found before = found.getOrDefault(layer, new Found(List.of(), RetryingLayer.UNKNOWN));
            found.put(layer, before.with(name, attempts));
        }
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

    /** A bean that was made, behind proxies that can be seen through; null if it wasn't, or if it must not be asked. */
    private @Nullable Object made(String name) {
        Object bean = beans.containsSingleton(name) ? beans.getSingleton(name) : null;
        if (bean == null || bean instanceof FactoryBean<?>) {
            return null;
        }
        if (AopUtils.isAopProxy(bean)) {
            bean = AopProxyUtils.getSingletonTarget(bean);
        }
        if (bean != null && Proxy.isProxyClass(bean.getClass())) {
            InvocationHandler handler = Proxy.getInvocationHandler(bean);
            return handler.getClass().getName().startsWith("feign.") ? handler : bean;
        }
        return bean == null || isMock(bean) ? null : bean;
    }

    /** A test may verify that nobody has called it. */
    private static boolean isMock(Object bean) {
        return bean.getClass().getName().contains("$MockitoMock$");
    }

    private void reportStatic(RetryingLayer layer) {
        try {
            int attempts = layer.attempts(ClassUtils.forName(layer.types().get(0), beans.getBeanClassLoader()));
            if (attempts != 1) {
                LOG.info(text(layer, "where its static methods are called", attempts));
            }
        } catch (ClassNotFoundException | LinkageError absent) {
            // Nothing to tell.
        }
    }

    private static void report(RetryingLayer layer, Found found) {
        String names = found.names().stream()
                .limit(MOST_NAMES)
                .map(MessageText::quoted)
                .collect(Collectors.joining(", "));
        int others = found.names().size() - MOST_NAMES;
        String line = text(
                layer,
                (found.names().size() == 1 ? "bean " : "beans ")
                        + names
                        + (others > 0 ? " and " + others + " more" : ""),
                found.attempts());
        boolean sure = layer.evidence() == Evidence.BEAN || found.attempts() != RetryingLayer.UNKNOWN;
        if (sure) {
            LOG.warn(line);
        } else {
            LOG.info(line);
        }
    }

    private static String text(RetryingLayer layer, String where, int attempts) {
        String often = attempts == RetryingLayer.UNKNOWN
                ? layer.evidence() == Evidence.BEAN ? "" : " unless it is told otherwise"
                : attempts == RetryingLayer.UNLIMITED ? " until a timeout" : ", up to " + attempts + " attempts";
        return layer.library() + " retries by itself" + often + " (" + where
                + "). Under a policy that is a second layer of retries: keep one. Its own is switched off by "
                + layer.remedy();
    }
}
