package dev.retrykit.spring.aspect;

import java.lang.reflect.Method;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.annotation.DeclarePrecedence;
import org.aspectj.lang.annotation.Pointcut;
import org.aspectj.lang.reflect.MethodSignature;
import org.jspecify.annotations.Nullable;

/**
 * Retries and guards methods of woven classes, only with {@code retrykit.aspect.mode: aspectj}. AspectJ creates and
 * calls it; users only pass it to a compiler. It intercepts more than the annotated methods: the plan of a method
 * decides whether and how it is retried.
 *
 * <p>It runs inside {@code @Async} and outside everything else, so that each attempt has its own transaction.
 */
@Aspect
@DeclarePrecedence("*..*AsyncExecutionAspect*, dev.retrykit.spring.aspect.RetryAspect, *")
public final class RetryAspect {

    private static final RetryAspect ONLY = new RetryAspect();

    private RetryAspect() {}

    /** Returns the aspect. AspectJ's compiler would generate this method if it compiled this class. */
    public static RetryAspect aspectOf() {
        return ONLY;
    }

    /** Whether the aspect exists. AspectJ's compiler would generate this method if it compiled this class. */
    public static boolean hasAspect() {
        return true;
    }

    /** Methods with an annotation or a meta-annotation. */
    @Pointcut("execution(@dev.retrykit.annotation.Retryable * *(..))"
            + " || execution(@dev.retrykit.annotation.CircuitGuarded * *(..))"
            + " || execution(@(@dev.retrykit.annotation.Retryable *) * *(..))"
            + " || execution(@(@dev.retrykit.annotation.CircuitGuarded *) * *(..))")
    void annotatedMethod() {}

    /**
     * Public methods of classes with such an annotation, or with a superclass that has one, since the annotations are
     * inherited. A pattern with a plus sign would include implementations of interfaces, but next to a pattern for
     * meta-annotations it matches every class (AspectJ 1.9.25).
     */
    @Pointcut("execution(public !static * *(..)) && (within(@dev.retrykit.annotation.Retryable *)"
            + " || within(@dev.retrykit.annotation.CircuitGuarded *)"
            + " || within(@(@dev.retrykit.annotation.Retryable *) *)"
            + " || within(@(@dev.retrykit.annotation.CircuitGuarded *) *))")
    void methodOfAnnotatedType() {}

    /**
     * Calls a method by its plan; directly if it has none, or if no application is running in this mode.
     *
     * @throws Throwable what the method or its fallback throws
     */
    @Around("annotatedMethod() || methodOfAnnotatedType()")
    public @Nullable Object call(ProceedingJoinPoint joinPoint) throws Throwable {
        MethodPlans plans = Weaving.plans();
        if (plans == null) {
            return joinPoint.proceed();
        }
        Method method = ((MethodSignature) joinPoint.getSignature()).getMethod();
        Object self = joinPoint.getThis();
        MethodPlan plan = plans.findExactly(method, self == null ? method.getDeclaringClass() : self.getClass());
        return plan == null
                ? joinPoint.proceed()
                : plan.call(self == null ? method.getDeclaringClass() : self, joinPoint.getArgs(), joinPoint::proceed);
    }
}
