package dev.retrykit.spring.aspect.adapter;

import dev.retrykit.spring.settings.InvalidSettingException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodParameter;
import org.springframework.util.ClassUtils;

/**
 * A method that is called in place of another one that failed. Either may be a suspending function, whose last
 * parameter is the continuation and is ignored here.
 *
 * @param method the method
 * @param given the number of arguments that it takes from the failed method
 * @param failureType the type of its last parameter, if that is the failure
 * @param exact the number of parameters with exactly the same type as those of the failed method
 * @param hidden calls a default method of a non-public interface, which a proxy cannot; null for all others
 */
public record FallbackMethod(
        Method method,
        int given,
        @Nullable Class<?> failureType,
        int exact,
        @Nullable MethodHandle hidden) {

    /**
     * Orders by failure type, the most specific first; a method without a failure parameter is last. Within one failure
     * type, the closer match is first.
     */
    public static final Comparator<FallbackMethod> MOST_SPECIFIC_FIRST = Comparator.comparingInt(FallbackMethod::depth)
            .thenComparingInt(FallbackMethod::exact)
            .reversed();

    /**
     * Returns the candidate as a fallback of a method; null if its parameters do not match.
     *
     * @param type the called class, which resolves type parameters
     */
    public static @Nullable FallbackMethod of(Method candidate, Method failed, Class<?> type) {
        if (KotlinDetector.isSuspendingFunction(candidate) && !KotlinDetector.isSuspendingFunction(failed)) {
            return null;
        }
        Class<?>[] taken = parameters(candidate, type);
        Class<?>[] given = parameters(failed, type);
        boolean takesFailure =
                taken.length == given.length + 1 && Throwable.class.isAssignableFrom(taken[given.length]);
        if (taken.length != given.length && !takesFailure) {
            return null;
        }
        int exact = 0;
        for (int i = 0; i < given.length; i++) {
            if (!ClassUtils.isAssignable(taken[i], given[i])) {
                return null;
            }
            exact += taken[i] == given[i] ? 1 : 0;
        }
        Class<?> failureType = takesFailure ? taken[given.length] : null;
        return new FallbackMethod(candidate, given.length, failureType, exact, hidden(candidate));
    }

    private static @Nullable MethodHandle hidden(Method candidate) {
        Class<?> contract = candidate.getDeclaringClass();
        if (!candidate.isDefault() || Modifier.isPublic(contract.getModifiers())) {
            return null;
        }
        try {
            return MethodHandles.privateLookupIn(contract, MethodHandles.lookup())
                    .unreflectSpecial(candidate, contract);
        } catch (IllegalAccessException closed) {
            throw new InvalidSettingException(
                    "The fallback " + contract.getSimpleName() + "." + candidate.getName()
                            + " cannot be called: its interface is not public, and its module is not open.",
                    "Make the interface public.");
        }
    }

    private static Class<?>[] parameters(Method method, Class<?> type) {
        Class<?>[] types =
                new Class<?>[method.getParameterCount() - (KotlinDetector.isSuspendingFunction(method) ? 1 : 0)];
        for (int i = 0; i < types.length; i++) {
            types[i] = new MethodParameter(method, i).withContainingClass(type).getParameterType();
        }
        return types;
    }

    /**
     * A fallback handles errors only if its parameter is an error type or Throwable; without a failure parameter, it
     * handles exceptions.
     */
    boolean answers(Throwable failure) {
        return failureType == null ? !(failure instanceof Error) : failureType.isInstance(failure);
    }

    /** Calls the fallback with the arguments of the failed method. */
    @Nullable
    Object call(Object target, @Nullable Object[] arguments, Throwable failure) throws Throwable {
        @Nullable Object[] all = Arrays.copyOf(arguments, failureType == null ? given : given + 1);
        if (failureType != null) {
            all[given] = failure;
        }
        if (KotlinDetector.isSuspendingFunction(method)) {
            return Coroutines.call(method, target, all, arguments[given]);
        }
        if (hidden != null && target instanceof Proxy) {
            return hidden.bindTo(target).invokeWithArguments(all);
        }
        try {
            return method.invoke(target, all);
        } catch (InvocationTargetException thrown) {
            throw thrown.getTargetException();
        }
    }

    /** The depth of the failure type below Throwable. */
    private int depth() {
        if (failureType == null) {
            return -1;
        }
        int depth = 0;
        for (Class<?> link = failureType; link != Throwable.class && link != null; link = link.getSuperclass()) {
            depth++;
        }
        return depth;
    }
}
