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
 * What an aspect that AspectJ made knows of the application, and what must hold for it to work. There is one aspect per
 * class loader, and woven objects belong to no application: the one that started last drives all.
 */
final class Weaving {

    private static final Log LOG = LogFactory.getLog(Weaving.class);

    private static final String ASPECTJ = "org.aspectj.lang.ProceedingJoinPoint";

    /** Annotations whose proxies would stand on the wrong side, by the bean that makes these proxies. */
    private static final Map<String, String> PROXIED = Map.of(
            "org.springframework.transaction.annotation.Transactional",
            "org.springframework.transaction.config.internalTransactionAdvisor",
            "jakarta.transaction.Transactional",
            "org.springframework.transaction.config.internalTransactionAdvisor",
            "org.springframework.scheduling.annotation.Async",
            "org.springframework.scheduling.config.internalAsyncAnnotationProcessor");

    private static final List<Supplier<MethodPlans>> RUNNING = new ArrayList<>();

    /** The last of those that run. */
    private static volatile @Nullable Supplier<MethodPlans> driver;

    private Weaving() {}

    /** The plans of the application that drives; null if there is none. */
    static @Nullable MethodPlans plans() {
        Supplier<MethodPlans> plans = driver;
        return plans == null ? null : plans.get();
    }

    /** Lets the aspect call by these plans from now on. */
    static synchronized void begin(Supplier<MethodPlans> plans) {
        if (!ClassUtils.isPresent(ASPECTJ, Weaving.class.getClassLoader())) {
            throw new InvalidSettingException(
                    "retrykit.aspect.mode is 'aspectj', but AspectJ isn't on the class path.",
                    "Add org.aspectj:aspectjrt, or spring-boot-starter-aspectj, and a weaver; or remove the setting.");
        }
        if (driver != null) {
            LOG.warn(
                    "Two applications of one class loader have retrykit.aspect.mode 'aspectj': woven methods are called by"
                            + " the policies of the one that started last.");
        }
        RUNNING.add(plans);
        driver = plans;
    }

    /** The application ends: the one that started before it drives again; without one, methods are just called. */
    static synchronized void end(Supplier<MethodPlans> plans) {
        RUNNING.remove(plans);
        driver = RUNNING.isEmpty() ? null : RUNNING.get(RUNNING.size() - 1);
    }

    /**
     * Checks that the methods can be seen. An interface without a class has nothing to weave: it has a proxy.
     *
     * @throws InvalidSettingException if a class wasn't woven, or if a proxy would stand between
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
                            + " is a suspending function, which calls itself to go on: woven, each of its steps would be"
                            + " retried.",
                    "Use retrykit.aspect.mode: proxy, or let it call a function that doesn't suspend.");
        }
        if (!isWoven(method)) {
            throw new InvalidSettingException(
                    readable + " is annotated and retrykit.aspect.mode is 'aspectj', but "
                            + method.getDeclaringClass().getName()
                            + " isn't woven, so nothing would retry or guard it.",
                    "Start with -javaagent:aspectjweaver.jar, or compile with AspectJ and "
                            + RetryAspect.class.getName()
                            + "'s jar as an aspect library. AspectJ doesn't see an annotation on an interface's or an overridden method: put"
                            + " it on the class.");
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
                                + " is a proxy's: they would stand in the wrong"
                                + " order, and calls within the object would be retried without it.",
                        "Let " + simple + " be woven too (mode = AdviceMode.ASPECTJ, with spring-aspects), or use"
                                + " retrykit.aspect.mode: proxy.");
            }
        });
    }

    /** AspectJ moves the body of a method that it puts something around into another one. */
    private static boolean isWoven(Method method) {
        String body = method.getName() + "_aroundBody";
        return Arrays.stream(method.getDeclaringClass().getDeclaredMethods())
                .anyMatch(other -> other.getName().startsWith(body));
    }
}
