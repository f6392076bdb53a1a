package dev.retrykit.internal.circuit;

/**
 * The window of a closed circuit, and what opens the circuit.
 *
 * @param countWindow the size of the window in calls; 0 if it is a time window
 * @param windowNanos the size of a time window
 * @param minimumCalls the number of results that the window must hold before its rates are significant
 * @param failureRate percentage of failed calls
 * @param slowNanos the duration from which a call is slow; {@link #NEVER_SLOW} = off
 * @param slowCallRate percentage of slow calls
 * @param consecutiveFailures 0 = off
 */
public record Thresholds(
        int countWindow,
        long windowNanos,
        int minimumCalls,
        double failureRate,
        long slowNanos,
        double slowCallRate,
        int consecutiveFailures) {

    /** No call is slow. */
    public static final long NEVER_SLOW = Long.MAX_VALUE;

    /** Whether the window is a count window. */
    boolean isCounted() {
        return countWindow > 0;
    }

    /** Whether slow calls count. */
    public boolean countsSlowCalls() {
        return slowNanos != NEVER_SLOW;
    }

    /** Whether these failures and slow calls reach a rate among these calls. */
    public boolean isReached(long failures, long slowCalls, long calls) {
        return isReached(failures, slowCalls, calls, 0);
    }

    /** Whether these failures and slow calls reach a rate, and at least this percentage, among these calls. */
    boolean isReached(long failures, long slowCalls, long calls, double least) {
        return failures * 100.0 >= Math.max(least, failureRate) * calls
                || countsSlowCalls() && slowCalls * 100.0 >= Math.max(least, slowCallRate) * calls;
    }
}
