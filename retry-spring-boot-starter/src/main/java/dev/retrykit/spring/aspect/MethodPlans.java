package dev.retrykit.spring.aspect;

import dev.retrykit.spring.aspect.adapter.CallAdapters;
import dev.retrykit.spring.aspect.check.ProxyabilityCheck;
import dev.retrykit.spring.expression.MethodNames;
import dev.retrykit.spring.expression.RetryAnnotations;
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

/** The plans of all methods of all known classes, created with the first bean of a class. */
public final class MethodPlans {

    private final Factory factory;
    private final Reach reach;
    private final Map<Class<?>, Map<Method, Optional<MethodPlan>>> plans = new ConcurrentHashMap<>();

    /**
     * Creates an empty collection of plans.
     *
     * @param retries provides policies and circuits
     * @param placeholders resolves <code>${...}</code>
     * @param forms calls methods by their return type
     * @param beans the beans that expressions can refer to
     * @param mode how annotations are applied
     */
    public MethodPlans(
            Retries retries,
            UnaryOperator<String> placeholders,
            CallAdapters forms,
            BeanFactory beans,
            AspectMode mode) {
        this(new MethodPlanFactory(retries, placeholders, forms, beans)::make, reach(beans, mode));
    }

    MethodPlans(Factory factory, Reach reach) {
        this.factory = factory;
        this.reach = reach;
    }

    /** Checks that annotated methods can be retried and guarded. */
    @FunctionalInterface
    interface Reach {

        /**
         * Warns of methods that cannot be intercepted, or rejects them.
         *
         * @param annotated the annotated methods of the class
         * @throws InvalidSettingException if an annotation would have no effect
         */
        void check(Class<?> type, Map<Method, RetryAnnotations> annotated);
    }

    private static Reach reach(BeanFactory beans, AspectMode mode) {
        return mode == AspectMode.PROXY
                ? ProxyabilityCheck::warn
                : (type, annotated) -> Weaving.check(type, annotated.keySet(), beans);
    }

    /** Creates one plan. */
    @FunctionalInterface
    interface Factory {
        MethodPlan make(Method method, Class<?> type, RetryAnnotations annotated);
    }

    /**
     * Creates the plans of a class.
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

    /** The plan of a method, which may be declared by an interface; null if it has none. */
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

    /**
     * The plan of exactly this method; null if it has none, or if the class overrides it and the call is from
     * {@code super}.
     */
    @Nullable
    MethodPlan findExactly(Method method, Class<?> type) {
        Class<?> userType = ClassUtils.getUserClass(type);
        return AopUtils.getMostSpecificMethod(method, userType).equals(method) ? find(method, userType) : null;
    }

    /**
     * The class that the user wrote: for a generated subclass, its superclass; for a proxy without a target class, and
     * for a lambda, the interface that declares the method.
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

    /** Whether a class is generated: it has neither its own annotations nor a stable name. */
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

    /** Sorts methods by name, so that it is always the same overload that gets the short name. */
    private Map<Method, Optional<MethodPlan>> make(Class<?> type) {
        Map<Method, Optional<MethodPlan>> made = new ConcurrentHashMap<>();
        Map<Method, RetryAnnotations> annotated = annotatedMethods(type);
        annotated.keySet().stream()
                .sorted(Comparator.comparing(method -> MethodNames.fullName(method, type)))
                .forEach(method -> {
                    Method specific = AopUtils.getMostSpecificMethod(method, type);
                    RetryAnnotations found = Objects.requireNonNull(annotated.get(method));
                    made.computeIfAbsent(specific, key -> Optional.of(factory.make(key, type, found)));
                });
        reach.check(type, annotated);
        return made;
    }

    /**
     * Finds the annotated methods of a class. An interface may annotate a method that the class inherits from a
     * superclass, which does not implement the interface.
     */
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
