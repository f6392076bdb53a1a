package dev.retrykit.spring.transaction;

import dev.retrykit.failure.Causes;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.orm.ObjectOptimisticLockingFailureException;
import org.springframework.util.ClassUtils;

/** Recognizes the failure of entities that are reused after their transaction was rolled back. */
public final class RolledBackEntities {

    private static final boolean ORM = ClassUtils.isPresent(
            "org.springframework.orm.ObjectOptimisticLockingFailureException",
            RolledBackEntities.class.getClassLoader());

    private RolledBackEntities() {}

    /**
     * Whether a failure is an optimistic lock on an entity of one of the types, or one that does not name its entity.
     */
    public static boolean areLocked(Throwable failure, List<Class<?>> types) {
        return ORM && Causes.chain(failure).stream().anyMatch(link -> Orm.isLocked(link, types));
    }

    /** Loaded only if Spring ORM is present. */
    private static final class Orm {

        private Orm() {}

        static boolean isLocked(Throwable failure, List<Class<?>> types) {
            return failure instanceof ObjectOptimisticLockingFailureException conflict
                    && isAmong(conflict.getPersistentClassName(), types);
        }

        private static boolean isAmong(@Nullable String name, List<Class<?>> types) {
            return name == null || types.stream().anyMatch(type -> isA(name, type));
        }

        private static boolean isA(String name, Class<?> type) {
            return name.equals(type.getName())
                    || ClassUtils.isPresent(name, type.getClassLoader())
                            && type.isAssignableFrom(ClassUtils.resolveClassName(name, type.getClassLoader()));
        }
    }
}
