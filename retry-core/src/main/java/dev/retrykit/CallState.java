package dev.retrykit;

/**
 * Where a call stands. A value.
 *
 * @param attempt attempts begun
 * @param startedNanos when the call began
 * @param deadlineNanos when its time budget is over
 * @param previousDelayNanos the backoff before the last attempt, 0 before the first
 */
record CallState(int attempt, long startedNanos, long deadlineNanos, long previousDelayNanos) {

    /** Of a call whose first attempt runs. */
    static CallState begun(long startedNanos, long deadlineNanos) {
        return new CallState(1, startedNanos, deadlineNanos, 0);
    }

    CallState withAttempt() {
        return new CallState(attempt + 1, startedNanos, deadlineNanos, previousDelayNanos);
    }

    CallState withDelay(long delayNanos) {
        return new CallState(attempt, startedNanos, deadlineNanos, delayNanos);
    }

    long leftNanos(long nowNanos) {
        return deadlineNanos - nowNanos;
    }
}
