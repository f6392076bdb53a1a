package dev.retrykit.internal.foreign;

import java.lang.reflect.Method;
import java.util.Optional;

/**
 * Checks whether failures have a label, with a public method that takes the label's name. The lookup happens once per
 * class.
 */
public final class Labels {

    private final String method;
    private final ClassValue<Optional<Method>> found;

    public Labels(String method) {
        this.method = method;
        this.found = new Methods(method);
    }

    /** The name of the method. */
    public String method() {
        return method;
    }

    public boolean has(Throwable failure, String label) {
        try {
            Method known = found.get(failure.getClass()).orElse(null);
            return known != null && (boolean) known.invoke(failure, label);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError unreadable) {
            return false;
        }
    }

    public static Optional<Method> find(Class<?> type, String method) {
        return Optional.ofNullable(Property.method(type, method, String.class))
                .filter(found -> found.getReturnType() == boolean.class);
    }

    private static final class Methods extends ClassValue<Optional<Method>> {

        private final String name;

        Methods(String name) {
            this.name = name;
        }

        @Override
        protected Optional<Method> computeValue(Class<?> type) {
            return find(type, name);
        }
    }
}
