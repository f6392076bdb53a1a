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
 * Logs at startup a line for each library whose built-in retries would multiply the attempts of policies. It is a
 * warning if a bean shows that the library retries, and omitted if a bean shows that it does not. Beans are inspected
 * but never created.
 */
public final class RetryingLayers implements SmartInitializingSingleton {

    private static final Log LOG = LogFactory.getLog("dev.retrykit.layers");

    private static final int MOST_NAMES = 3;

    private final Retries retries;
    private final ConfigurableListableBeanFactory beans;

    /** Creates the report on the beans of an application. */
    public RetryingLayers(Retries retries, ConfigurableListableBeanFactory beans) {
        this.retries = retries;
        this.beans = beans;
    }

    /**
     * The beans of a library.
     *
     * @param names the bean names
     * @param attempts the largest number of attempts
     */
    private record LibraryBeans(List<String> names, int attempts) {

        LibraryBeans with(String name, int others) {
            List<String> all = new ArrayList<>(names);
            all.add(name);
            boolean more =
                    others == RetryingLayer.UNLIMITED || attempts != RetryingLayer.UNLIMITED && others > attempts;
            return new LibraryBeans(all, more ? others : attempts);
        }
    }

    @Override
    public void afterSingletonsInstantiated() {
        if (retries.ownPolicies().isEmpty()) {
            return;
        }
        Map<RetryingLayer, LibraryBeans> found = new LinkedHashMap<>();
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

    private static void add(Map<RetryingLayer, LibraryBeans> found, RetryingLayer layer, String name, int attempts) {
        if (attempts != 1) {
            LibraryBeans before = found.getOrDefault(layer, new LibraryBeans(List.of(), RetryingLayer.UNKNOWN));
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

    /**
     * Returns an existing bean, unwrapped from proxies where possible; null if it has not been created or must not be
     * inspected.
     */
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

    /** A test may verify that a mock has no interactions. */
    private static boolean isMock(Object bean) {
        return bean.getClass().getName().contains("$MockitoMock$");
    }

    private void reportStatic(RetryingLayer layer) {
        try {
            int attempts = layer.attempts(ClassUtils.forName(layer.types().get(0), beans.getBeanClassLoader()));
            if (attempts != 1) {
                LOG.info(text(layer, "through its static methods", attempts));
            }
        } catch (ClassNotFoundException | LinkageError absent) {
            // the library is absent or unreadable
        }
    }

    private static void report(RetryingLayer layer, LibraryBeans found) {
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
                ? layer.evidence() == Evidence.BEAN ? "" : " unless configured otherwise"
                : attempts == RetryingLayer.UNLIMITED ? " until a timeout" : ", up to " + attempts + " attempts";
        return layer.library() + " retries on its own" + often + " (" + where
                + "). Together with a policy, that makes two layers of retries: keep only one. To disable"
                + " the library's retries: "
                + layer.remedy();
    }
}
