package dev.retrykit.function;

import org.jspecify.annotations.Nullable;

/**
 * A task that takes an argument, so that one object serves all calls.
 *
 * @param <C> the type of the argument
 * @param <T> the type of the value
 * @param <X> the type of the exceptions
 */
@FunctionalInterface
public interface ThrowingFunction<C, T extends @Nullable Object, X extends Throwable> {

    /**
     * Runs the task.
     *
     * @throws X any failure of the task
     */
    T apply(C argument) throws X;
}
