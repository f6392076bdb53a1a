package dev.retrykit.spring.expression;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;

/**
 * The annotations that apply to a method: its own, otherwise those of its class if the method is public. Annotations of
 * overridden methods, superclasses and interfaces apply too, and so do meta-annotations.
 *
 * @param retryable whether and how the method is retried
 * @param guarded whether and by which circuit the method is guarded
 */
public record RetryAnnotations(
        @Nullable Retryable retryable, @Nullable CircuitGuarded guarded) {

    private static final List<Class<? extends Annotation>> TYPES = List.of(Retryable.class, CircuitGuarded.class);

    /** Whether the class can have such annotations at all. Fast. */
    public static boolean isCandidate(Class<?> type) {
        return AnnotationUtils.isCandidateClass(type, TYPES);
    }

    /** The annotations that apply to a method; null if there are none. */
    public static @Nullable RetryAnnotations of(Method method, Class<?> type) {
        Retryable retryable = find(method, type, Retryable.class);
        CircuitGuarded guarded = find(method, type, CircuitGuarded.class);
        return retryable == null && guarded == null ? null : new RetryAnnotations(retryable, guarded);
    }

    private static <A extends Annotation> @Nullable A find(Method method, Class<?> type, Class<A> annotation) {
        A own = AnnotatedElementUtils.findMergedAnnotation(method, annotation);
        boolean coveredByType = Modifier.isPublic(method.getModifiers())
                && !Modifier.isStatic(method.getModifiers())
                && method.getDeclaringClass() != Object.class;
        if (own != null || !coveredByType) {
            return own;
        }
        return AnnotatedElementUtils.findMergedAnnotation(type, annotation);
    }
}
