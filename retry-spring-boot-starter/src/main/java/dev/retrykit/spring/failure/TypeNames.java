package dev.retrykit.spring.failure;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares types by name, because their library may be absent. */
public final class TypeNames {

    private TypeNames() {}

    /** Whether the failure is an instance of one of these classes or of a subclass. */
    public static boolean isOneOf(Throwable failure, Set<String> names) {
        for (@Nullable Class<?> type = failure.getClass(); type != null; type = type.getSuperclass()) {
            if (names.contains(type.getName())) {
                return true;
            }
        }
        return false;
    }
}
