package dev.retrykit.function;

import org.jspecify.annotations.Nullable;

/**
 * A body that takes what it works on, so that one object serves all calls.
 *
 * @param <C> what it takes
 * @param <T> what it returns
 * @param <X> what it throws
 */
@FunctionalInterface
public interface ThrowingFunction<C, T extends @Nullable Object, X extends Throwable> {

    /**
     * Runs the body.
     *
     * @throws X what it throws
     */
    T apply(C argument) throws X;
}
