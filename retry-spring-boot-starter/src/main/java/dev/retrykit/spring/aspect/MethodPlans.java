package dev.retrykit.spring.aspect;

import dev.retrykit.spring.aspect.adapter.CallAdapters;
import dev.retrykit.spring.expression.MethodNames;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.settings.AspectMode;
import dev.retrykit.spring.settings.InvalidSettingException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.util.ClassUtils;

/** The plans of all methods of all classes that were seen, made when the first bean of a class is. */
public final class MethodPlans {

    private final Maker maker;
    private final Reach reach;
    private final Map<Class<?>, Map<Method, Optional<MethodPlan>>> plans = new ConcurrentHashMap<>();

    /**
     * Without plans yet.
     *
     * @param retries where policies and circuits come from
     * @param placeholders fills in <code>${...}</code>
     * @param forms how methods are called
     * @param beans those that expressions may name
     * @param mode how methods are reached
     */
    public MethodPlans(
            Retries retries,
            UnaryOperator<String> placeholders,
            CallAdapters forms,
            BeanFactory beans,
            AspectMode mode) {
        this(new MethodPlanFactory(retries, placeholders, forms, beans)::make, reach(beans, mode));
    }

    MethodPlans(Maker maker, Reach reach) {
        this.maker = maker;
        this.reach = reach;
    }

    /** Looks whether annotated methods can be retried and guarded at all. */
    @FunctionalInterface
    interface Reach {

        /**
         * Warns, or refuses.
         *
         * @param annotated the annotated methods of the class
         * @throws InvalidSettingException if what an annotation asks for would be passed by
         */
        void check(Class<?> type, Map<Method, RetryAnnotations> annotated);
    }

    private static Reach reach(BeanFactory beans, AspectMode mode) {
        return mode == AspectMode.PROXY
                ? ProxyabilityCheck::warn
                : (type, annotated) -> Weaving.check(type, annotated.keySet(), beans);
    }

    /** Makes one plan. */
    @FunctionalInterface
    interface Maker {
        MethodPlan make(Method method, Class<?> type, RetryAnnotations annotated);
    }

    /**
     * Makes the plans of a class.
     *
     * @return whether it has any
     */
    boolean prepare(Class<?> type) {
        if (!isMade(type)) {
            return hasPlans(ClassUtils.getUserClass(type));
        }
        boolean any = false;
        for (Class<?> contract : type.getInterfaces()) {
            any |= hasPlans(contract);
        }
        return any;
    }

    /** The plan of a method, which may be that of an interface; null if it has none. */
    @Nullable
    MethodPlan find(Method method, Class<?> type) {
        Class<?> userType = userType(method, type);
        Map<Method, Optional<MethodPlan>> known = plansOf(userType);
        Optional<MethodPlan> plan = known.get(method);
        if (plan == null) {
            Method specific = AopUtils.getMostSpecificMethod(method, userType);
            plan = known.getOrDefault(specific, Optional.empty());
            known.put(method, plan);
        }
        return plan.orElse(null);
    }

    /** The plan of the very method; null if it has none, or if the class overrides it and it is called as {@code super}'s. */
    @Nullable
    MethodPlan findExactly(Method method, Class<?> type) {
        Class<?> userType = ClassUtils.getUserClass(type);
        return AopUtils.getMostSpecificMethod(method, userType).equals(method) ? find(method, userType) : null;
    }

    /**
     * What the user wrote: the class below a generated subclass; of a proxy without a class behind it and of a lambda the
     * interface that has the method.
     */
    private static Class<?> userType(Method method, Class<?> type) {
        if (isMade(type)) {
            for (Class<?> contract : type.getInterfaces()) {
                if (method.getDeclaringClass().isAssignableFrom(contract)) {
                    return contract;
                }
            }
        }
        return ClassUtils.getUserClass(type);
    }

    /** Whether nobody wrote the class: it has no annotations of its own, and no name that lasts. */
    static boolean isMade(Class<?> type) {
        return Proxy.isProxyClass(type) || ClassUtils.isLambdaClass(type);
    }

    private boolean hasPlans(Class<?> userType) {
        return plansOf(userType).values().stream().anyMatch(Optional::isPresent);
    }

    private Map<Method, Optional<MethodPlan>> plansOf(Class<?> type) {
        Map<Method, Optional<MethodPlan>> known = plans.get(type);
        return known != null ? known : plans.computeIfAbsent(type, this::make);
    }

    /** In the order of their names, so that of two overloads it is always the same one that gets the short name. */
    private Map<Method, Optional<MethodPlan>> make(Class<?> type) {
        Map<Method, Optional<MethodPlan>> made = new ConcurrentHashMap<>();
        Map<Method, RetryAnnotations> annotated = annotatedMethods(type);
        annotated.keySet().stream()
                .sorted(Comparator.comparing(method -> MethodNames.fullName(method, type)))
                .forEach(method -> {
                    Method specific = AopUtils.getMostSpecificMethod(method, type);
                    RetryAnnotations found = Objects.requireNonNull(annotated.get(method));
                    made.computeIfAbsent(specific, key -> Optional.of(maker.make(key, type, found)));
                });
        reach.check(type, annotated);
        return made;
    }

    /** An interface may annotate what a superclass implements that knows nothing of it. */
    static Map<Method, RetryAnnotations> annotatedMethods(Class<?> type) {
        Map<Method, RetryAnnotations> annotated = new HashMap<>(
                MethodIntrospector.selectMethods(type, (MethodIntrospector.MetadataLookup<RetryAnnotations>)
                        method -> RetryAnnotations.of(method, type)));
        annotated.keySet().removeIf(KotlinOverloads::isGenerated);
        for (Class<?> contract : ClassUtils.getAllInterfacesForClassAsSet(type)) {
            for (Method method : contract.getDeclaredMethods()) {
                RetryAnnotations found = RetryAnnotations.of(method, type);
                if (found != null) {
                    annotated.putIfAbsent(AopUtils.getMostSpecificMethod(method, type), found);
                }
            }
        }
        return annotated;
    }
}
