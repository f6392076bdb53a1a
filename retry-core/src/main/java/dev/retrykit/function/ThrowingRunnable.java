package dev.retrykit.function;

/**
 * Work that returns nothing and may throw, checked exceptions too.
 *
 * @param <X> what it throws
 */
@FunctionalInterface
public interface ThrowingRunnable<X extends Throwable> {

    /** Does the work once. */
    void run() throws X;
}
