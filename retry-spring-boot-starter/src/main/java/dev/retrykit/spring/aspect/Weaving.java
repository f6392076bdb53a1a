package dev.retrykit.spring.aspect;

import dev.retrykit.spring.expression.MethodNames;
import dev.retrykit.spring.settings.InvalidSettingException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.KotlinDetector;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;

/**
 * Connects the woven aspect to the application, and checks that weaving works. There is one aspect per class loader,
 * and woven objects belong to no application: the application that started last provides the plans.
 */
final class Weaving {

    private static final Log LOG = LogFactory.getLog(Weaving.class);

    private static final String ASPECTJ = "org.aspectj.lang.ProceedingJoinPoint";

    /**
     * Annotations whose proxies would run in the wrong order, with the name of the bean that creates these proxies.
     */
    private static final Map<String, String> PROXIED = Map.of(
            "org.springframework.transaction.annotation.Transactional",
            "org.springframework.transaction.config.internalTransactionAdvisor",
            "jakarta.transaction.Transactional",
            "org.springframework.transaction.config.internalTransactionAdvisor",
            "org.springframework.scheduling.annotation.Async",
            "org.springframework.scheduling.config.internalAsyncAnnotationProcessor");

    private static final List<Supplier<MethodPlans>> RUNNING = new ArrayList<>();

    /** The most recently started of the running applications. */
    private static volatile @Nullable Supplier<MethodPlans> driver;

    private Weaving() {}

    /** The plans of the active application; null if there is none. */
    static @Nullable MethodPlans plans() {
        Supplier<MethodPlans> plans = driver;
        return plans == null ? null : plans.get();
    }

    /** Makes the aspect use these plans from now on. */
    static synchronized void begin(Supplier<MethodPlans> plans) {
        if (!ClassUtils.isPresent(ASPECTJ, Weaving.class.getClassLoader())) {
            throw new InvalidSettingException(
                    "retrykit.aspect.mode is 'aspectj', but AspectJ is not on the class path.",
                    "Add org.aspectj:aspectjrt, or spring-boot-starter-aspectj, and a weaver; or remove the setting.");
        }
        if (driver != null) {
            LOG.warn("Two applications of one class loader have retrykit.aspect.mode 'aspectj': woven methods use the"
                    + " policies of the one that started last.");
        }
        RUNNING.add(plans);
        driver = plans;
    }

    /**
     * Ends an application. The one that started before it becomes active again; without one, methods are called
     * directly.
     */
    static synchronized void end(Supplier<MethodPlans> plans) {
        RUNNING.remove(plans);
        driver = RUNNING.isEmpty() ? null : RUNNING.get(RUNNING.size() - 1);
    }

    /**
     * Checks that the methods are intercepted. An interface without a class has a proxy, and needs no weaving.
     *
     * @throws InvalidSettingException if a class is not woven, or if a proxy would run between
     */
    static void check(Class<?> type, Collection<Method> annotated, BeanFactory beans) {
        if (!type.isInterface()) {
            annotated.forEach(method -> check(method, type, beans));
        }
    }

    private static void check(Method method, Class<?> type, BeanFactory beans) {
        String readable = MethodNames.readable(method, type);
        if (KotlinDetector.isSuspendingFunction(method)) {
            throw new InvalidSettingException(
                    readable
                            + " is a suspending function, which calls itself to resume: if it is woven, each of its"
                            + " steps would be retried.",
                    "Use retrykit.aspect.mode: proxy, or let it call a function that does not suspend.");
        }
        if (!isWoven(method)) {
            throw new InvalidSettingException(
                    readable + " is annotated and retrykit.aspect.mode is 'aspectj', but "
                            + method.getDeclaringClass().getName()
                            + " is not woven, so the method would be neither retried nor guarded.",
                    "Start with -javaagent:aspectjweaver.jar, or compile with AspectJ and the jar of "
                            + RetryAspect.class.getName()
                            + " as an aspect library. AspectJ ignores annotations on methods of interfaces and on"
                            + " overridden methods: annotate the class.");
        }
        checkOthers(method, type, readable, beans);
    }

    private static void checkOthers(Method method, Class<?> type, String readable, BeanFactory beans) {
        MergedAnnotations onMethod = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY);
        MergedAnnotations onType = MergedAnnotations.from(type, SearchStrategy.TYPE_HIERARCHY);
        PROXIED.forEach((annotation, proxies) -> {
            if ((onMethod.isPresent(annotation) || onType.isPresent(annotation)) && beans.containsBean(proxies)) {
                String simple = "@" + ClassUtils.getShortName(annotation);
                throw new InvalidSettingException(
                        readable + " is woven for retries, but its " + simple
                                + " is applied by a proxy: they would run in the wrong order, and self-invocations"
                                + " would be retried without it.",
                        "Weave " + simple + " too (mode = AdviceMode.ASPECTJ, with spring-aspects), or use"
                                + " retrykit.aspect.mode: proxy.");
            }
        });
    }

    /** AspectJ moves the body of an advised method to a new method. */
    private static boolean isWoven(Method method) {
        String body = method.getName() + "_aroundBody";
        return Arrays.stream(method.getDeclaringClass().getDeclaredMethods())
                .anyMatch(other -> other.getName().startsWith(body));
    }
}
