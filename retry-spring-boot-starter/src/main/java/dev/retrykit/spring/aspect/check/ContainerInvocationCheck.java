package dev.retrykit.spring.aspect.check;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.expression.MethodNames;
import dev.retrykit.spring.expression.RetryAnnotations;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Warns of annotated methods that the container calls on the object itself, before its proxy exists or when it is
 * destroyed.
 */
public final class ContainerInvocationCheck {

    private static final Log LOG = LogFactory.getLog(ContainerInvocationCheck.class);

    private static final List<String> LIFECYCLE =
            List.of("jakarta.annotation.PostConstruct", "jakarta.annotation.PreDestroy");

    private final Set<Method> told = ConcurrentHashMap.newKeySet();

    /** Checks a class before its first bean is created, because the very first call may fail startup. */
    public void warn(Class<?> beanClass, String beanName, @Nullable BeanFactory beans) {
        Class<?> type = ClassUtils.getUserClass(beanClass);
        if (!RetryAnnotations.isCandidate(type)) {
            return;
        }
        Set<String> named = new HashSet<>(named(beanName, beans));
        if (InitializingBean.class.isAssignableFrom(type)) {
            named.add("afterPropertiesSet");
        }
        if (DisposableBean.class.isAssignableFrom(type)) {
            named.add("destroy");
        }
        ReflectionUtils.doWithMethods(
                type,
                method -> warn(method, type),
                method -> method.getParameterCount() == 0
                        && isAnnotated(method)
                        && (named.contains(method.getName()) || isOfLifecycle(method)));
    }

    /** The methods that the bean definition names. */
    private static List<String> named(String beanName, @Nullable BeanFactory beans) {
        if (!(beans instanceof ConfigurableListableBeanFactory factory)
                || !factory.containsBeanDefinition(beanName)
                || !(factory.getMergedBeanDefinition(beanName) instanceof AbstractBeanDefinition definition)) {
            return List.of();
        }
        Set<String> names = new HashSet<>();
        for (String[] some : Arrays.asList(definition.getInitMethodNames(), definition.getDestroyMethodNames())) {
            names.addAll(some == null ? List.of() : Arrays.asList(some));
        }
        return List.copyOf(names);
    }

    private static boolean isAnnotated(Method method) {
        return AnnotatedElementUtils.hasAnnotation(method, Retryable.class)
                || AnnotatedElementUtils.hasAnnotation(method, CircuitGuarded.class);
    }

    private static boolean isOfLifecycle(Method method) {
        return LIFECYCLE.stream().anyMatch(MergedAnnotations.from(method)::isPresent);
    }

    private void warn(Method method, Class<?> type) {
        if (told.add(method)) {
            LOG.warn(MethodNames.readable(method, type)
                    + " is annotated, but the container calls it on the object itself when the bean is created or"
                    + " destroyed. No proxy intercepts that call, so it is neither retried nor guarded. Move the work"
                    + " into a method of another bean, or call the method from an ApplicationRunner or a listener of"
                    + " ApplicationReadyEvent.");
        }
    }
}
