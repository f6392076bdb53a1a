package dev.retrykit.budget;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When a budget that has nothing left, or whose dependency fails most calls, lets a retry find out whether retries help
 * again: at growing intervals, as a circuit does, and only if there was something to retry.
 *
 * @param intervalNanos how long to wait after the next probe, at least
 * @param nextNanos the earliest time of the next probe
 * @param atFailures how many failures there must have been by then
 * @param proven retries that may be made because one has succeeded
 */
record Probing(long intervalNanos, long nextNanos, long atFailures, int proven) {

    private static final long SHORTEST = 60_000_000_000L;
    private static final long LONGEST = 600_000_000_000L;

    /** A probe is a call's retries in as many failures, and in twice as many after each that fails. */
    private static final long FAILURES = 20;

    /** The intervals are spread by half, so that a fleet doesn't probe in step. */
    private static final double SPREAD = 0.5;

    /** Of a full budget. */
    static Probing none(long nowNanos) {
        return new Probing(SHORTEST, nowNanos + SHORTEST, FAILURES, 0);
    }

    /** A token was there, and the next probe comes a while after it. */
    Probing after(long nowNanos, long failures, RandomGenerator random) {
        return new Probing(SHORTEST, nowNanos + spread(SHORTEST, random), failures + FAILURES, proven);
    }

    /** A probe now; null if its time hasn't come. */
    @Nullable
    Probing begin(long nowNanos, long failures, RandomGenerator random) {
        long late = nowNanos - nextNanos;
        if (late < 0 || failures - atFailures < 0 && late < LONGEST) {
            return null;
        }
        long more = FAILURES * intervalNanos / SHORTEST;
        return new Probing(
                Math.min(2 * intervalNanos, LONGEST),
                nowNanos + spread(intervalNanos, random),
                failures + more,
                proven);
    }

    private static long spread(long nanos, RandomGenerator random) {
        try {
            return Math.round(nanos * (1 + SPREAD * random.nextDouble()));
        } catch (Throwable noChance) {
            return nanos;
        }
    }

    /** A probe has succeeded: the next call that fails may try it, too. */
    Probing succeeded() {
        return new Probing(SHORTEST, nextNanos, atFailures, proven + 1);
    }

    /** A probe was never made: the next call that fails may be it. */
    Probing returned() {
        return new Probing(intervalNanos, nextNanos, atFailures, proven + 1);
    }

    Probing used() {
        return new Probing(intervalNanos, nextNanos, atFailures, proven - 1);
    }
}
