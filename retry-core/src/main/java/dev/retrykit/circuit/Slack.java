package dev.retrykit.circuit;

import dev.retrykit.circuit.Window.Seen;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many more bad results of a closed circuit open nothing, known from the last look at its window. What each of them means
 * to the {@link Evidence} is known too. A bad result within the slack needs no look, so threads whose calls fail don't read
 * what other threads write.
 *
 * <p>The slack holds for one slice of the window: while it lasts, counts only grow. It is exact for one thread. Of several
 * threads, results that are being added at the time of a look may be missing in it.
 */
final class Slack {

    /** The number of shares, a power of two: threads use up different ones. */
    private static final int SHARES = 8;

    /** With less than this for each there is a single share. */
    private static final int SMALLEST_SHARE = 16;

    /** A line of the cache holds so many. */
    private static final int LINE = 8;

    private static final AtomicLongArray NOTHING = new AtomicLongArray(1);

    /** No look was made yet. */
    static final Slack NONE = none();

    private final long slice;
    private final Limits limits;
    private final long share;

    /** How much of each share is used up, each in a line of its own. */
    private final AtomicLongArray used;

    private Slack(long slice, Limits limits, long share, AtomicLongArray used) {
        this.slice = slice;
        this.limits = limits;
        this.share = share;
        this.used = used;
    }

    /** No slack. A new object each time, since its identity tells whether another look has begun since. */
    static Slack none() {
        return new Slack(0, Limits.NONE, 0, NOTHING);
    }

    /** The slack within a slice. */
    static Slack of(long slice, Limits limits) {
        boolean shared = limits.bad() >= SHARES * SMALLEST_SHARE;
        return new Slack(
                slice,
                limits,
                shared ? limits.bad() / SHARES : limits.bad(),
                new AtomicLongArray(shared ? (SHARES + 1) * LINE : 1));
    }

    /** Whether one more bad result of the window is harmless; then it counts as used up. */
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

    /** Whether each bad result that is covered begins the evidence anew. Otherwise none does. */
    boolean isFew() {
        return limits.few();
    }

    /**
     * Where the slack ends.
     *
     * @param bad how many bad results may come
     * @param others up to which total of other results it holds
     * @param ofSlow whether other results are those that weren't slow; otherwise those that didn't fail
     * @param few whether bad results are few, so that each begins the evidence anew
     */
    record Limits(long bad, long others, boolean ofSlow, boolean few) {

        static final Limits NONE = new Limits(0, 0, false, false);

        boolean isUnlimited() {
            return others == Long.MAX_VALUE;
        }

        /** In a window of calls, which needs no evidence and never gets emptier. */
        static Limits counted(Seen seen, CircuitPolicy policy) {
            long calls = Math.max(policy.minimumCalls(), Math.min(seen.calls(), policy.countWindow()));
            return new Limits(harmless(seen, calls, policy, 1), Long.MAX_VALUE, false, false);
        }

        /**
         * In a window of time.
         *
         * @param seen what the window holds, a bad result in the current slice included
         * @param notFailed the total of results that didn't fail, read before
         * @param notSlow the total of results that weren't slow, read before
         */
        static Limits timed(Seen seen, long notFailed, long notSlow, CircuitPolicy policy) {
            long missing = policy.minimumCalls() - seen.calls();
            if (missing <= 0 && seen.isLong()) {
                return NONE;
            }
            // A part of what is missing for bad results and one for the others: until then all that is known is too
            // little.
            long most = missing > 0 ? (missing - 1) / 2 : Long.MAX_VALUE;
            long bad = missing > 0 ? most : harmless(seen, seen.calls(), policy, 1);
            if (!policy.isReached(2 * seen.failures(), 2 * seen.slowCalls(), seen.calls(), 0)) {
                long few = Math.min(bad, harmless(seen, seen.calls(), policy, 2));
                return new Limits(few, missing > 0 ? notFailed + most : Long.MAX_VALUE, false, true);
            }
            boolean ofSlow = !policy.isReached(2 * seen.failures(), 0, seen.calls(), 0);
            double rate = ofSlow ? policy.slowCallRate() : policy.failureRate();
            long ofKind = ofSlow ? seen.slowCalls() : seen.failures();
            long more = Math.min(most, (long) (ofKind * (200 - rate) / rate) - 1 - (seen.calls() - ofKind));
            return more < 0 ? NONE : new Limits(bad, (ofSlow ? notSlow : notFailed) + more, ofSlow, false);
        }

        /** How many more bad results, times the factor, reach no rate of so many calls. */
        private static long harmless(Seen seen, long calls, CircuitPolicy policy, int factor) {
            long failures = (long) (policy.failureRate() * calls / (100 * factor)) - 1 - seen.failures();
            long slow = policy.slowCallDuration() == null
                    ? Long.MAX_VALUE
                    : (long) (policy.slowCallRate() * calls / (100 * factor)) - 1 - seen.slowCalls();
            return Math.max(0, Math.min(failures, slow));
        }
    }
}
