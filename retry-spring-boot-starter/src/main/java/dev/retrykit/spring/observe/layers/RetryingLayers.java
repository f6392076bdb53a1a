package dev.retrykit.spring.observe.layers;

import dev.retrykit.spring.observe.layers.RetryingLayer.Evidence;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.settings.MessageText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.BeanFactory;
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
    private boolean done;

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
        if (retries.policies().isEmpty()) {
            return;
        }
        done = true;
        Map<RetryingLayer, LibraryBeans> found = new LinkedHashMap<>();
        Set<String> libraries = new HashSet<>();
        List<ConfigurableListableBeanFactory> factories = factories();
        for (ConfigurableListableBeanFactory factory : factories) {
            new BeanScan(factory).forEach((name, layer, attempts) -> {
                libraries.add(layer.library());
                if (attempts != 1) {
                    LibraryBeans before = found.getOrDefault(layer, new LibraryBeans(List.of(), RetryingLayer.UNKNOWN));
                    found.put(layer, before.with(name, attempts));
                }
            });
        }
        found.forEach(RetryingLayers::report);
        boolean first = factories.get(factories.size() - 1).getParentBeanFactory() == null;
        if (first && !libraries.contains(RetryingLibraries.STRIPE.library())) {
            reportStatic(RetryingLibraries.STRIPE);
        }
    }

    /** The bean factories of this context and of those of its ancestors that have not reported their own beans. */
    private List<ConfigurableListableBeanFactory> factories() {
        List<ConfigurableListableBeanFactory> factories = new ArrayList<>();
        BeanFactory factory = beans;
        while (factory instanceof ConfigurableListableBeanFactory list && (list == beans || !isDone(list))) {
            factories.add(list);
            factory = list.getParentBeanFactory();
        }
        return factories;
    }

    private static boolean isDone(ConfigurableListableBeanFactory factory) {
        return Arrays.stream(factory.getBeanNamesForType(RetryingLayers.class, false, false))
                .anyMatch(name -> factory.getSingleton(name) instanceof RetryingLayers report && report.done);
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
