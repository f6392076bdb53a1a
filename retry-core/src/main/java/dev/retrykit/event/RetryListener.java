package dev.retrykit.event;

import dev.retrykit.failure.Verdict;

/**
 * Receives the events of retrying calls, on the thread on which they happen.
 *
 * <pre>{@code
 * RetryListener listener = event -> log.info("{} after {} attempts", event.policy(), event.attempts());
 * Retry retry = Retry.builder("inventory").listener(listener).build();
 * }</pre>
 */
@FunctionalInterface
public interface RetryListener {

    /** Called for each event. Return quickly; exceptions are swallowed. */
    void onEvent(RetryEvent event);

    /**
     * Called once for each attempt that failed with an exception, whether or not another attempt follows, but not for
     * cancelled attempts. Return quickly; exceptions are swallowed. The default does nothing.
     *
     * @param policy the policy's name
     * @param failure what the attempt failed with
     * @param verdict how the failure was classified, and by which rule; of the kind {@link Verdict.Kind#NESTED} if an
     *     inner call has given up on the failure
     */
    default void onFailure(String policy, Throwable failure, Verdict verdict) {}
}
