package dev.retrykit.spring.aspect.check;

import dev.retrykit.spring.expression.MethodNames;
import dev.retrykit.spring.expression.RetryAnnotations;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.Map;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.core.KotlinDetector;

/** Warns of annotated methods that no proxy can retry or guard, and of self-invocations. */
public final class ProxyabilityCheck {

    private static final Log LOG = LogFactory.getLog(ProxyabilityCheck.class);

    private ProxyabilityCheck() {}

    /** Checks a class and its annotated methods, and warns of each that cannot be intercepted. */
    public static void warn(Class<?> type, Map<Method, RetryAnnotations> annotated) {
        annotated.keySet().forEach(method -> warnIfOutOfReach(method, type));
        SelfInvocationCheck.warn(type, annotated);
    }

    private static void warnIfOutOfReach(Method method, Class<?> type) {
        int modifiers = method.getModifiers() & (Modifier.FINAL | Modifier.PRIVATE | Modifier.STATIC);
        if (modifiers != 0) {
            boolean opens = modifiers == Modifier.FINAL && KotlinDetector.isKotlinType(method.getDeclaringClass());
            LOG.warn(MethodNames.readable(method, type) + " is annotated, but " + Modifier.toString(modifiers)
                    + ": a proxy of its class cannot retry or guard it."
                    + (opens ? " Make it open, as the kotlin-spring compiler plugin does." : ""));
        } else if (isSuspendingWithoutReturn(method)) {
            LOG.warn(MethodNames.readable(method, type) + " is a suspending function that returns Nothing: a Spring"
                    + " proxy cannot call it, with or without retries, and fails with a NoSuchElementException of"
                    + " kotlin-reflect. Declare Unit as its return type.");
        }
    }

    /** The continuation of a function that returns Nothing has no type argument. */
    private static boolean isSuspendingWithoutReturn(Method method) {
        Type[] parameters = method.getGenericParameterTypes();
        return KotlinDetector.isSuspendingFunction(method)
                && parameters[parameters.length - 1] instanceof ParameterizedType continuation
                && continuation.getActualTypeArguments()[0] instanceof WildcardType taken
                && taken.getLowerBounds().length == 0;
    }
}
