package dev.retrykit.internal.circuit;

import dev.retrykit.internal.circuit.Window.Seen;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many more bad results cannot open a closed circuit, known from the last check of its window. The effect of each
 * of them on the {@link Evidence} is known too. A bad result within the slack needs no check, so threads whose calls
 * fail do not read what other threads write.
 *
 * <p>The slack holds for one slice of the window: within it, counts only grow. It is exact for one thread. With several
 * threads, it may miss results that are being added at the time of a check.
 */
final class Slack {

    /** The number of shares, a power of two: different threads use different shares. */
    private static final int SHARES = 8;

    /** If each share would be smaller than this, there is a single share. */
    private static final int SMALLEST_SHARE = 16;

    /** The number of longs in a cache line. */
    private static final int LINE = 8;

    private static final AtomicLongArray NOTHING = new AtomicLongArray(1);

    /** The slack before the first check. */
    static final Slack NONE = none();

    private final long slice;
    private final Limits limits;
    private final long share;

    /** The used part of each share, each in its own cache line. */
    private final AtomicLongArray used;

    private Slack(long slice, Limits limits, long share, AtomicLongArray used) {
        this.slice = slice;
        this.limits = limits;
        this.share = share;
        this.used = used;
    }

    /**
     * Creates an empty slack. It is a new object each time, because its identity tells whether another check has begun
     * since.
     */
    static Slack none() {
        return new Slack(0, Limits.NONE, 0, NOTHING);
    }

    /** Creates the slack within a slice. */
    static Slack of(long slice, Limits limits) {
        boolean shared = limits.bad() >= SHARES * SMALLEST_SHARE;
        return new Slack(
                slice,
                limits,
                shared ? limits.bad() / SHARES : limits.bad(),
                new AtomicLongArray(shared ? (SHARES + 1) * LINE : 1));
    }

    /** Whether one more bad result in the window is harmless; if so, it counts as used. */
    boolean covers(Window window) {
        if (share == 0 || window.slice() != slice) {
            return false;
        }
        return (limits.isUnlimited() || window.others(limits.ofSlow()) <= limits.others()) && use();
    }

    private boolean use() {
        int length = used.length();
        int place = length == 1 ? 0 : (1 + (int) (Thread.currentThread().getId() & SHARES - 1)) * LINE;
        return used.get(place) < share && used.getAndIncrement(place) < share;
    }

    /** Whether each covered bad result begins the evidence anew. Otherwise none does. */
    boolean isFew() {
        return limits.few();
    }

    /**
     * The limits of the slack.
     *
     * @param bad how many more bad results are harmless
     * @param others up to which total of other results the slack holds
     * @param ofSlow whether other results are those that were not slow; otherwise those that did not fail
     * @param few whether bad results are so few that each begins the evidence anew
     */
    record Limits(long bad, long others, boolean ofSlow, boolean few) {

        static final Limits NONE = new Limits(0, 0, false, false);

        boolean isUnlimited() {
            return others == Long.MAX_VALUE;
        }

        /** The limits in a count window, which needs no evidence and never loses results. */
        static Limits counted(Seen seen, Thresholds thresholds) {
            long calls = Math.max(thresholds.minimumCalls(), Math.min(seen.calls(), thresholds.countWindow()));
            return new Limits(harmless(seen, calls, thresholds, 1), Long.MAX_VALUE, false, false);
        }

        /**
         * The limits in a time window.
         *
         * @param seen what the window holds, including a bad result in the current slice
         * @param notFailed the total of results that did not fail, read before
         * @param notSlow the total of results that were not slow, read before
         */
        static Limits timed(Seen seen, long notFailed, long notSlow, Thresholds thresholds) {
            long missing = thresholds.minimumCalls() - seen.calls();
            if (missing <= 0 && seen.isLong()) {
                return NONE;
            }
            // The missing calls are divided among bad results and others: until both parts are used, the calls are too
            // few.
            long most = missing > 0 ? (missing - 1) / 2 : Long.MAX_VALUE;
            long bad = missing > 0 ? most : harmless(seen, seen.calls(), thresholds, 1);
            if (!thresholds.isReached(2 * seen.failures(), 2 * seen.slowCalls(), seen.calls())) {
                long few = Math.min(bad, harmless(seen, seen.calls(), thresholds, 2));
                return new Limits(few, missing > 0 ? notFailed + most : Long.MAX_VALUE, false, true);
            }
            boolean ofSlow = !thresholds.isReached(2 * seen.failures(), 0, seen.calls());
            double rate = ofSlow ? thresholds.slowCallRate() : thresholds.failureRate();
            long ofKind = ofSlow ? seen.slowCalls() : seen.failures();
            long more = Math.min(most, (long) (ofKind * (200 - rate) / rate) - 1 - (seen.calls() - ofKind));
            return more < 0 ? NONE : new Limits(bad, (ofSlow ? notSlow : notFailed) + more, ofSlow, false);
        }

        /** The number of further bad results that, multiplied by the factor, reach no rate among these calls. */
        private static long harmless(Seen seen, long calls, Thresholds thresholds, int factor) {
            long failures = (long) (thresholds.failureRate() * calls / (100 * factor)) - 1 - seen.failures();
            long slow = !thresholds.countsSlowCalls()
                    ? Long.MAX_VALUE
                    : (long) (thresholds.slowCallRate() * calls / (100 * factor)) - 1 - seen.slowCalls();
            return Math.max(0, Math.min(failures, slow));
        }
    }
}
