package dev.retrykit.spring.failure;

import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.KnownFailures;
import dev.retrykit.failure.Verdict;
import java.lang.reflect.Proxy;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;

/** The {@link FailureClassifier} beans of an application. */
public final class ClassifierBeans {

    private ClassifierBeans() {}

    /**
     * Lets verdicts name the bean if the class does not identify it: a configuration may declare several lambdas, and a
     * JDK proxy has a generated name.
     *
     * @param beans in the order in which they are called
     */
    public static List<FailureClassifier> named(List<FailureClassifier> beans, ListableBeanFactory factory) {
        if (beans.stream().noneMatch(ClassifierBeans::isNameless)) {
            return beans;
        }
        Map<FailureClassifier, String> names = new IdentityHashMap<>();
        for (String name : BeanFactoryUtils.beanNamesForTypeIncludingAncestors(factory, FailureClassifier.class)) {
            if (factory.isSingleton(name) && factory.getBean(name) instanceof FailureClassifier bean) {
                names.putIfAbsent(bean, name);
            }
        }
        return beans.stream()
                .map(bean -> isNameless(bean) && names.containsKey(bean) ? new Named(names.get(bean), bean) : bean)
                .toList();
    }

    private static boolean isNameless(FailureClassifier bean) {
        Class<?> type = bean.getClass();
        return !(bean instanceof KnownFailures) && (type.isHidden() || Proxy.isProxyClass(type));
    }

    /** Adds the name of the bean to verdicts without a rule. */
    private record Named(String name, FailureClassifier bean) implements FailureClassifier {

        @Override
        public @Nullable Verdict classify(Throwable failure) {
            Verdict verdict = bean.classify(failure);
            return verdict == null || verdict.rule() != null
                    ? verdict
                    : verdict.by("FailureClassifier bean '" + name + "'");
        }
    }
}
