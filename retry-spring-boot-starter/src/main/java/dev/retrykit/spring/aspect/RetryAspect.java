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
 * Retries and guards methods of woven classes, with {@code retrykit.aspect.mode: aspectj} only. AspectJ makes and calls it;
 * there is nothing to do with it but to name it to a compiler. It catches more than what is annotated: whether a method is
 * retried, and how, is known by its plan.
 *
 * <p>It stands inside of {@code @Async} and outside of everything else, so that each attempt has its own transaction.
 */
@Aspect
@DeclarePrecedence("*..*AsyncExecutionAspect*, dev.retrykit.spring.aspect.RetryAspect, *")
public final class RetryAspect {

    private static final RetryAspect ONLY = new RetryAspect();

    private RetryAspect() {}

    /** The aspect; what AspectJ would add if its own compiler had compiled this class. */
    public static RetryAspect aspectOf() {
        return ONLY;
    }

    /** That there is one; what AspectJ would add if its own compiler had compiled this class. */
    public static boolean hasAspect() {
        return true;
    }

    /** Methods with an annotation, or with an annotation that has one. */
    @Pointcut("execution(@dev.retrykit.annotation.Retryable * *(..))"
            + " || execution(@dev.retrykit.annotation.CircuitGuarded * *(..))"
            + " || execution(@(@dev.retrykit.annotation.Retryable *) * *(..))"
            + " || execution(@(@dev.retrykit.annotation.CircuitGuarded *) * *(..))")
    void annotatedMethod() {}

    /**
     * Public methods of classes that have such an annotation, or whose superclass has one: the annotations are inherited. A
     * pattern with a plus sign, for implementations of interfaces too, would match every class beside one for
     * meta-annotations (AspectJ 1.9.25).
     */
    @Pointcut("execution(public !static * *(..)) && (within(@dev.retrykit.annotation.Retryable *)"
            + " || within(@dev.retrykit.annotation.CircuitGuarded *)"
            + " || within(@(@dev.retrykit.annotation.Retryable *) *)"
            + " || within(@(@dev.retrykit.annotation.CircuitGuarded *) *))")
    void methodOfAnnotatedType() {}

    /**
     * Calls a method by its plan, or just calls it if it has none, or if no application is there that asked for this.
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
