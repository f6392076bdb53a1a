package dev.retrykit.function;

import org.jspecify.annotations.Nullable;

/**
 * Work that returns a value and may throw, checked exceptions too.
 *
 * @param <T> what it returns
 * @param <X> what it throws
 */
@FunctionalInterface
public interface ThrowingCallable<T extends @Nullable Object, X extends Throwable> {

    /** Does the work once. */
    T call() throws X;
}
