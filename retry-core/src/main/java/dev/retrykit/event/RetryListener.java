package dev.retrykit.event;

import dev.retrykit.failure.Verdict;

/** Is told what retrying calls do, on the thread that does it. */
@FunctionalInterface
public interface RetryListener {

    /** Something happened. Be quick; what this method throws is swallowed. */
    void onEvent(RetryEvent event);

    /**
     * An attempt failed with an exception. Called once for each such attempt, whether or not another one follows, and not for
     * attempts that were cancelled. Be quick; what this method throws is swallowed. By default nothing happens.
     *
     * @param policy the policy's name
     * @param failure what the attempt failed with
     * @param verdict what the failure was taken for, and what decided that; of the kind {@link Verdict.Kind#NESTED} where a call
     *     inside has given up on the failure
     */
    default void onFailure(String policy, Throwable failure, Verdict verdict) {}
}
