package dev.retrykit.event;

import java.util.concurrent.Executor;

/**
 * Takes what hangs on a thread, such as a logging context, along from the caller of an asynchronous call to the threads
 * of its retries. Thread-safe.
 */
@FunctionalInterface
public interface ContextCarrier {

    /**
     * Asked on the caller's thread when a call begins. Be quick: it is asked for every asynchronous call.
     *
     * @return runs a task at once, on whatever thread it is called on, with the caller's context, and then puts back
     *     what was there
     */
    Executor capture();
}
