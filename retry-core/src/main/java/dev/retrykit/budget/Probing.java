package dev.retrykit.budget;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When a budget that has nothing left, or whose dependency fails most calls, lets a retry find out whether retries help
 * again: at growing intervals, as a circuit does, and only if there was something to retry. A probe takes the place of the
 * schedule that allowed it. A retry that is paid for only postpones the next probe.
 */
final class Probing {

    private static final long SHORTEST = 60_000_000_000L;
    private static final long LONGEST = 600_000_000_000L;

    /** A probe is a call's retries in as many failures, and in twice as many after each that fails. */
    private static final long FAILURES = 20;

    /** The intervals are spread by half, so that a fleet doesn't probe in step. */
    private static final double SPREAD = 0.5;

    /** How long to wait after the next probe, at least. */
    private volatile long intervalNanos;

    /** The earliest time of the next probe. */
    private volatile long nextNanos;

    /** How many failures there must have been by then. */
    private volatile long atFailures;

    private Probing(long intervalNanos, long nextNanos, long atFailures) {
        this.intervalNanos = intervalNanos;
        this.nextNanos = nextNanos;
        this.atFailures = atFailures;
    }

    /** Of a full budget. */
    static Probing none(long nowNanos) {
        return new Probing(SHORTEST, nowNanos + SHORTEST, FAILURES);
    }

    /** A token is there, and the next probe comes a while after it. */
    void postpone(long nowNanos, long failures, RandomGenerator random) {
        nextNanos = nowNanos + spread(SHORTEST, random);
        atFailures = failures + FAILURES;
        if (intervalNanos != SHORTEST) {
            intervalNanos = SHORTEST;
        }
    }

    /** A probe now; null if its time hasn't come. */
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

    /** A probe has succeeded: the intervals begin anew. */
    Probing succeeded() {
        return intervalNanos == SHORTEST ? this : new Probing(SHORTEST, nextNanos, atFailures);
    }
}
