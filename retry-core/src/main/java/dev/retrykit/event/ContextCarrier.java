package dev.retrykit.event;

import java.util.concurrent.Executor;

/**
 * Propagates the context of a thread, such as a logging context, from the caller of an asynchronous call to the threads
 * of its retries. Thread-safe.
 */
@FunctionalInterface
public interface ContextCarrier {

    /**
     * Captures the context. Called on the caller's thread at the start of every asynchronous call, so it must be fast.
     *
     * @return runs a task immediately, on the thread that calls it, with the caller's context, and then restores the
     *     previous context
     */
    Executor capture();
}
