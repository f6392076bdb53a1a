package dev.retrykit.internal.decision;

/**
 * The state of a call. A value.
 *
 * @param attempt the number of attempts begun
 * @param startedNanos when the call started
 * @param deadlineNanos when its time budget ends
 * @param previousDelayNanos the backoff before the last attempt, 0 before the first
 */
public record CallState(int attempt, long startedNanos, long deadlineNanos, long previousDelayNanos) {

    long leftNanos(long nowNanos) {
        return deadlineNanos - nowNanos;
    }
}
