package dev.retrykit.function;

import org.jspecify.annotations.Nullable;

/**
 * A task that returns a value and may throw checked exceptions.
 *
 * @param <T> the type of the value
 * @param <X> the type of the exceptions
 */
@FunctionalInterface
public interface ThrowingCallable<T extends @Nullable Object, X extends Throwable> {

    /**
     * Runs the task.
     *
     * @return the value
     * @throws X any failure of the task
     */
    T call() throws X;
}
