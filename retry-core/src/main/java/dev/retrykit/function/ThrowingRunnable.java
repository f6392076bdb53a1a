package dev.retrykit.function;

/**
 * A task that returns nothing and may throw checked exceptions.
 *
 * @param <X> the type of the exceptions
 */
@FunctionalInterface
public interface ThrowingRunnable<X extends Throwable> {

    /**
     * Runs the task.
     *
     * @throws X any failure of the task
     */
    void run() throws X;
}
