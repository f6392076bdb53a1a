package dev.retrykit.internal.decision;

/**
 * Where a call stands. A value.
 *
 * @param attempt attempts begun
 * @param startedNanos when the call began
 * @param deadlineNanos when its time budget is over
 * @param previousDelayNanos the backoff before the last attempt, 0 before the first
 */
public record CallState(int attempt, long startedNanos, long deadlineNanos, long previousDelayNanos) {

    long leftNanos(long nowNanos) {
        return deadlineNanos - nowNanos;
    }
}
