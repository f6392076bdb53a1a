package dev.retrykit.spring.aspect;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.aspect.adapter.FallbackMethod;
import dev.retrykit.spring.expression.MethodNames;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.SpellingMatcher;
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

/** Looks up the fallbacks of a method, once, and refuses what couldn't be called. */
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
     * All methods of the class, its superclasses and interfaces that have the name and fit, the most specific failure
     * type first.
     *
     * @throws InvalidSettingException if none has the name, or one that has it doesn't fit
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

    /** An annotation on the type holds for its public methods, and so for a public fallback, which has none itself. */
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
                            + offered.getSimpleName() + " and must return "
                            + wanted.getSimpleName() + ".",
                    "Change what the fallback returns.");
        }
    }

    /** What a suspending function returns is Object to the virtual machine. */
    private Class<?> returned(Method method) {
        return KotlinDetector.isSuspendingFunction(method)
                ? new MethodParameter(method, -1).getParameterType()
                : GenericTypeResolver.resolveReturnType(method, type);
    }

    private InvalidSettingException missing(List<Method> named, Set<Method> all) {
        String expected = returned(method).getSimpleName() + " " + name + MethodNames.parameters(method, false);
        String there = named.isEmpty()
                ? "there is no such method. "
                        + SpellingMatcher.nearest(name, own(all))
                                .map(near -> "Did you mean '" + near + "'?")
                                .orElse("")
                : unfit(named);
        return new InvalidSettingException(
                MethodNames.readable(method, type) + " names the fallback '" + name + "', but " + there,
                "Write a method '" + expected + "' in " + type.getName()
                        + ", optionally with the failure (a Throwable) as the last parameter.");
    }

    private static boolean isStatic(Method method) {
        return Modifier.isStatic(method.getModifiers());
    }

    private String unfit(List<Method> named) {
        if (isStatic(method) && named.stream().noneMatch(FallbackFinder::isStatic)) {
            return "that is not static, and " + method.getName() + " is.";
        }
        boolean waits = named.stream().anyMatch(KotlinDetector::isSuspendingFunction);
        return waits && !KotlinDetector.isSuspendingFunction(method)
                ? "that is a suspending function, which only a suspending function can wait for."
                : "it takes other parameters: "
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
