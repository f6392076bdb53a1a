package dev.retrykit.spring.aspect;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.aspect.adapter.FallbackMethod;
import dev.retrykit.spring.expression.MethodNames;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.binding.SpellingMatcher;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.core.GenericTypeResolver;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** Finds the fallbacks of a method once, and rejects those that cannot be called. */
final class FallbackFinder {

    private final Method method;
    private final Class<?> type;
    private final String name;

    private FallbackFinder(Method method, Class<?> type, String name) {
        this.method = method;
        this.type = type;
        this.name = name;
    }

    /**
     * Finds all matching methods of that name in the class, its superclasses and interfaces, the most specific failure
     * type first.
     *
     * @throws InvalidSettingException if no method has the name, or one with the name has the wrong signature
     */
    static List<FallbackMethod> find(Method method, Class<?> type, String name) {
        return new FallbackFinder(method, type, name).find();
    }

    private List<FallbackMethod> find() {
        Set<Method> all = new LinkedHashSet<>(Arrays.asList(ReflectionUtils.getUniqueDeclaredMethods(type)));
        for (Class<?> contract : ClassUtils.getAllInterfacesForClassAsSet(type)) {
            all.addAll(Arrays.asList(contract.getMethods()));
        }
        List<Method> named = all.stream()
                .filter(candidate -> MethodNames.name(candidate).equals(name) && !candidate.isSynthetic())
                .filter(candidate -> !Modifier.isAbstract(candidate.getModifiers()))
                .filter(candidate -> !candidate.equals(method))
                .toList();
        List<FallbackMethod> fitting = named.stream()
                .filter(candidate -> isStatic(candidate) || !isStatic(method))
                .map(candidate -> FallbackMethod.of(candidate, method, type))
                .filter(Objects::nonNull)
                .sorted(FallbackMethod.MOST_SPECIFIC_FIRST)
                .toList();
        if (fitting.isEmpty() && isFallbackOfItsType()) {
            return List.of();
        }
        if (fitting.isEmpty()) {
            throw missing(named, all);
        }
        fitting.forEach(fallback -> checkReturnType(fallback.method()));
        fitting.forEach(fallback -> fallback.method().setAccessible(true));
        return fitting;
    }

    /**
     * An annotation on the type applies to its public methods, and so to a public fallback without its own annotation.
     */
    private boolean isFallbackOfItsType() {
        return MethodNames.name(method).equals(name)
                && !AnnotatedElementUtils.hasAnnotation(method, Retryable.class)
                && !AnnotatedElementUtils.hasAnnotation(method, CircuitGuarded.class);
    }

    private void checkReturnType(Method candidate) {
        Class<?> wanted = returned(method);
        Class<?> offered = returned(candidate);
        boolean callersType =
                candidate.getGenericReturnType() instanceof TypeVariable && offered.isAssignableFrom(wanted);
        if (wanted != void.class && !callersType && !ClassUtils.isAssignable(wanted, offered)) {
            throw new InvalidSettingException(
                    MethodNames.readable(method, type) + " names the fallback '" + name + "', but "
                            + MethodNames.readable(candidate, type) + " returns "
                            + offered.getSimpleName() + " instead of "
                            + wanted.getSimpleName() + ".",
                    "Change the return type of the fallback.");
        }
    }

    /** The JVM return type of a suspending function is Object. */
    private Class<?> returned(Method method) {
        return KotlinDetector.isSuspendingFunction(method)
                ? new MethodParameter(method, -1).getParameterType()
                : GenericTypeResolver.resolveReturnType(method, type);
    }

    private InvalidSettingException missing(List<Method> named, Set<Method> all) {
        String expected = returned(method).getSimpleName() + " " + name + MethodNames.parameters(method, false);
        String there = named.isEmpty()
                ? "no such method exists. "
                        + SpellingMatcher.nearest(name, own(all))
                                .map(near -> "Did you mean '" + near + "'?")
                                .orElse("")
                : unfit(named);
        return new InvalidSettingException(
                MethodNames.readable(method, type) + " names the fallback '" + name + "', but " + there,
                "Declare a method '" + expected + "' in " + type.getName()
                        + ", optionally with the failure (a Throwable) as an additional last parameter.");
    }

    private static boolean isStatic(Method method) {
        return Modifier.isStatic(method.getModifiers());
    }

    private String unfit(List<Method> named) {
        if (isStatic(method) && named.stream().noneMatch(FallbackFinder::isStatic)) {
            return "that method is not static, while " + method.getName() + " is.";
        }
        boolean waits = named.stream().anyMatch(KotlinDetector::isSuspendingFunction);
        return waits && !KotlinDetector.isSuspendingFunction(method)
                ? "that is a suspending function, which only another suspending function can call."
                : "its parameters do not match: "
                        + named.stream()
                                .map(candidate -> MethodNames.readable(candidate, type))
                                .collect(Collectors.joining(", "))
                        + ".";
    }

    private static Set<String> own(Set<Method> all) {
        return all.stream()
                .filter(candidate -> candidate.getDeclaringClass() != Object.class)
                .map(MethodNames::name)
                .collect(Collectors.toSet());
    }
}
