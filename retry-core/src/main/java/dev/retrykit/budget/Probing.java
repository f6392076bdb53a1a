package dev.retrykit.budget;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When a budget that has no tokens, or whose dependency fails most calls, lets one retry test whether retries help
 * again: at growing intervals, as a circuit does, and only if there was something to retry. A probe replaces the
 * schedule that allowed it. A retry that is paid with a token only postpones the next probe.
 */
final class Probing {

    private static final long SHORTEST = 60_000_000_000L;
    private static final long LONGEST = 600_000_000_000L;

    /** A probe is the retries of one call, per this many failures, and per twice as many after each failed probe. */
    private static final long FAILURES = 20;

    /** The intervals are randomized by up to half, so that the instances of a service do not probe in step. */
    private static final double SPREAD = 0.5;

    /** The minimum interval after the next probe. */
    private volatile long intervalNanos;

    /** The earliest time of the next probe. */
    private volatile long nextNanos;

    /** The number of failures that must have happened by then. */
    private volatile long atFailures;

    private Probing(long intervalNanos, long nextNanos, long atFailures) {
        this.intervalNanos = intervalNanos;
        this.nextNanos = nextNanos;
        this.atFailures = atFailures;
    }

    /** The schedule of a full budget. */
    static Probing none(long nowNanos) {
        return new Probing(SHORTEST, nowNanos + SHORTEST, FAILURES);
    }

    /** A token is available, so the next probe comes an interval later. */
    void postpone(long nowNanos, long failures, RandomGenerator random) {
        nextNanos = nowNanos + spread(SHORTEST, random);
        atFailures = failures + FAILURES;
        if (intervalNanos != SHORTEST) {
            intervalNanos = SHORTEST;
        }
    }

    /** Starts a probe now; null if it is too early. */
    @Nullable
    Probing begin(long nowNanos, long failures, RandomGenerator random) {
        long late = nowNanos - nextNanos;
        if (late < 0 || failures - atFailures < 0 && late < LONGEST) {
            return null;
        }
        long interval = intervalNanos;
        long more = FAILURES * interval / SHORTEST;
        return new Probing(Math.min(2 * interval, LONGEST), nowNanos + spread(interval, random), failures + more);
    }

    private static long spread(long nanos, RandomGenerator random) {
        try {
            return Math.round(nanos * (1 + SPREAD * random.nextDouble()));
        } catch (Throwable noChance) {
            return nanos;
        }
    }

    /** A probe has succeeded: the intervals start anew. */
    Probing succeeded() {
        return intervalNanos == SHORTEST ? this : new Probing(SHORTEST, nextNanos, atFailures);
    }
}
