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
 * One method that answers in place of another. Either may be a suspending function, whose last parameter is the
 * continuation and nobody's business.
 *
 * @param method the method
 * @param given how many arguments it takes of those of the method that failed
 * @param failureType the type of its last parameter, if that is the failure
 * @param exact how many of the parameters have the very type that the method's have
 * @param hidden calls a default method of an interface that isn't public, which a proxy can't; null for all others
 */
public record FallbackMethod(
        Method method,
        int given,
        @Nullable Class<?> failureType,
        int exact,
        @Nullable MethodHandle hidden) {

    /** The most specific failure type first; one without a failure comes last. Of two with one type the closer fit. */
    public static final Comparator<FallbackMethod> MOST_SPECIFIC_FIRST = Comparator.comparingInt(FallbackMethod::depth)
            .thenComparingInt(FallbackMethod::exact)
            .reversed();

    /**
     * The candidate as a fallback of a method; null if it takes other arguments.
     *
     * @param type the class that is called, which knows what type parameters stand for
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
                            + " can't be called: its interface isn't public, and its module isn't open.",
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

    /** Errors go to a fallback that names them; one without a failure parameter is for exceptions. */
    boolean answers(Throwable failure) {
        return failureType == null ? !(failure instanceof Error) : failureType.isInstance(failure);
    }

    /** Calls it with the arguments of the method that failed. */
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

    /** Of its failure type, below Throwable. */
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
