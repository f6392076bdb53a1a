package dev.retrykit.spring.aspect.check;

import dev.retrykit.spring.expression.MethodNames;
import dev.retrykit.spring.expression.RetryAnnotations;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Warns of a bean that has another bean of the same annotated interface in a field. The interface's annotations apply
 * to both, and one call goes through both.
 */
public final class DecoratorCheck {

    private static final Log LOG = LogFactory.getLog(DecoratorCheck.class);

    private DecoratorCheck() {}

    /**
     * Checks a bean that has an interceptor.
     *
     * @param intercepted whether another object has an interceptor too
     */
    public static void warn(Object bean, String beanName, Predicate<Object> intercepted) {
        Object target = target(bean);
        for (Class<?> contract : ClassUtils.getAllInterfacesForClassAsSet(ClassUtils.getUserClass(target))) {
            if (isAnnotated(contract) && holdsAnother(target, contract, intercepted)) {
                LOG.warn("Bean '" + beanName + "' has another " + MethodNames.simpleName(contract)
                        + " bean in a field, and the annotations of that interface apply to both: a call that it"
                        + " delegates is retried, guarded and counted in each of them. Annotate the class that does the"
                        + " work instead of the interface.");
            }
        }
    }

    private static boolean isAnnotated(Class<?> contract) {
        if (RetryAnnotations.isCandidate(contract)) {
            for (var method : contract.getDeclaredMethods()) {
                if (RetryAnnotations.of(method, contract) != null) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean holdsAnother(Object target, Class<?> contract, Predicate<Object> intercepted) {
        for (Class<?> type = target.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : fields(type)) {
                for (Object held : held(field, target, contract)) {
                    if (contract.isInstance(held) && target(held) != target && intercepted.test(held)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /**
     * The value of a field of the interface's type, or the elements of its collection or map; empty if it cannot be
     * read.
     */
    private static Collection<?> held(Field field, Object target, Class<?> contract) {
        ResolvableType declared = ResolvableType.forField(field);
        boolean one = isOf(declared, contract);
        boolean several = isOf(declared.as(Collection.class).getGeneric(), contract);
        boolean byName = isOf(declared.as(Map.class).getGeneric(1), contract);
        Object value = one || several || byName ? value(field, target) : null;
        if (value instanceof Map<?, ?> map && byName) {
            return new ArrayList<>(map.values());
        }
        return value instanceof Collection<?> all && several
                ? new ArrayList<>(all)
                : value == null ? List.of() : List.of(value);
    }

    private static List<Field> fields(Class<?> type) {
        return Stream.of(type.getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers()))
                .toList();
    }

    private static boolean isOf(ResolvableType declared, Class<?> contract) {
        Class<?> type = declared.resolve();
        return type != null && contract.isAssignableFrom(type);
    }

    private static @Nullable Object value(Field field, Object target) {
        try {
            ReflectionUtils.makeAccessible(field);
            return field.get(target);
        } catch (IllegalAccessException | RuntimeException closed) {
            return null;
        }
    }

    private static Object target(Object bean) {
        Object link = bean;
        Object next = bean;
        while (next != null) {
            link = next;
            next = AopProxyUtils.getSingletonTarget(link);
        }
        return link;
    }
}
