package dev.retrykit.spring.transaction;

import java.lang.reflect.Method;
import java.util.List;
import java.util.function.Predicate;
import org.springframework.beans.factory.BeanFactory;

/** Determines on which failures a method's transaction commits. */
public interface RollbackRules {

    /** No method has a transaction, or the rules are unknown. */
    RollbackRules NONE = (method, type, relevant) -> List.of();

    /** The rules of an application. */
    static RollbackRules of(BeanFactory beans) {
        return beans.getBeanProvider(RollbackRules.class).getIfUnique(() -> NONE);
    }

    /**
     * Returns the failures of a method on which the transaction of its annotation commits. Empty if the method starts
     * no transaction, or a read-only one.
     *
     * @param relevant selects the failures to check
     */
    List<Class<?>> committedOn(Method method, Class<?> type, Predicate<Throwable> relevant);

    /** Whether a method's annotation starts a transaction that is not read-only. */
    default boolean writes(Method method, Class<?> type) {
        return false;
    }
}
