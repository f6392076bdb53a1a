package dev.retrykit.internal.foreign;

import java.lang.reflect.Method;
import java.util.Optional;

/** Checks whether failures have a label, with a public method that takes the label's name. */
public final class Labels {

    private Labels() {}

    public static boolean has(Throwable failure, String method, String label) {
        try {
            return find(failure.getClass(), method)
                    .map(found -> ask(found, failure, label))
                    .orElse(false);
        } catch (RuntimeException | LinkageError unreadable) {
            return false;
        }
    }

    public static Optional<Method> find(Class<?> type, String method) {
        try {
            Method found = type.getMethod(method, String.class);
            return found.getReturnType() == boolean.class ? Optional.of(found) : Optional.empty();
        } catch (NoSuchMethodException | LinkageError missing) {
            return Optional.empty();
        }
    }

    private static boolean ask(Method method, Throwable failure, String label) {
        try {
            return (boolean) method.invoke(failure, label);
        } catch (ReflectiveOperationException unreadable) {
            return false;
        }
    }
}
