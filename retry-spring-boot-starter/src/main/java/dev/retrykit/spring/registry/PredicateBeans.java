package dev.retrykit.spring.registry;

import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.binding.FailureNames;
import dev.retrykit.spring.settings.binding.SpellingMatcher;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.ResolvableType;

/** Finds the application's predicates of failures. Only beans that settings name are created. */
public final class PredicateBeans {

    private final ConfigurableApplicationContext context;

    private PredicateBeans(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** Creates a parser of failure names that finds beans in an application context and its ancestors. */
    public static FailureNames of(ConfigurableApplicationContext context) {
        PredicateBeans beans = new PredicateBeans(context);
        return new FailureNames(context.getClassLoader(), beans::find, beans::names);
    }

    private Collection<String> names() {
        return List.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(context, Predicate.class, true, false));
    }

    private @Nullable Predicate<Throwable> find(String name) {
        String bean = names().stream()
                .filter(candidate -> SpellingMatcher.canonical(candidate).equals(SpellingMatcher.canonical(name)))
                .findFirst()
                .orElse(null);
        return bean == null ? null : predicate(bean);
    }

    @SuppressWarnings("unchecked")
    private Predicate<Throwable> predicate(String bean) {
        Predicate<?> predicate = context.getBean(bean, Predicate.class);
        Class<?> judged = judged(bean, predicate);
        if (judged == null || judged.isAssignableFrom(Throwable.class)) {
            return (Predicate<Throwable>) predicate;
        }
        if (!Throwable.class.isAssignableFrom(judged)) {
            throw new InvalidSettingException(
                    "The bean " + MessageText.quoted(bean) + " is a Predicate of " + judged.getName()
                            + ", so it cannot select the failures that a circuit records or ignores.",
                    "Use the name of a Predicate<Throwable> bean.");
        }
        Predicate<Throwable> typed = (Predicate<Throwable>) predicate;
        return failure -> judged.isInstance(failure) && typed.test(failure);
    }

    /** The type argument of a predicate; null if its declaration does not tell. */
    private @Nullable Class<?> judged(String bean, Predicate<?> predicate) {
        return Arrays.asList(declared(bean), ResolvableType.forInstance(predicate)).stream()
                .map(type -> type.as(Predicate.class).resolveGeneric(0))
                .filter(type -> type != null)
                .findFirst()
                .orElse(null);
    }

    private ResolvableType declared(String bean) {
        try {
            BeanDefinition definition = context.getBeanFactory().getMergedBeanDefinition(bean);
            return definition.getResolvableType();
        } catch (NoSuchBeanDefinitionException registeredAsObject) {
            return ResolvableType.NONE;
        }
    }
}
