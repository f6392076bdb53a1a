package dev.retrykit.spring.transaction;

import java.lang.reflect.Method;
import java.util.List;
import java.util.function.Predicate;
import org.springframework.beans.factory.BeanFactory;

/** On what failures the transactions that methods begin are committed all the same. */
public interface RollbackRules {

    /** No method begins a transaction, or nobody knows. */
    RollbackRules NONE = (method, type, relevant) -> List.of();

    /** Those of an application. */
    static RollbackRules of(BeanFactory beans) {
        return beans.getBeanProvider(RollbackRules.class).getIfUnique(() -> NONE);
    }

    /**
     * Failures that a method may end with and that don't roll back the transaction which its annotation begins for it.
     * Empty if it begins none, or one that only reads.
     *
     * @param relevant which failures are asked about
     */
    List<Class<?>> committedOn(Method method, Class<?> type, Predicate<Throwable> relevant);

    /** Whether its annotation begins a transaction for a method that doesn't only read. */
    default boolean writes(Method method, Class<?> type) {
        return false;
    }
}
