package dev.retrykit.circuit;

import org.jspecify.annotations.Nullable;

/** The results that a closed circuit looks at. Thread-safe, without a lock, and without an object per result. */
interface Window {

    /** Counts a result. */
    void add(boolean failed, boolean slow, long nowNanos);

    /** How many results were ever counted. A window of calls doesn't know. */
    default long total() {
        return 0;
    }

    /**
     * How many results were ever counted that didn't fail, or weren't slow. A window of calls doesn't know.
     *
     * @param ofSlow whether those that weren't slow are meant
     */
    default long others(boolean ofSlow) {
        return 0;
    }

    /** The number of the slice that is being filled: while it stays the same, counts only grow. */
    long slice();

    /** Forgets what time has taken. */
    void slideTo(long nowNanos);

    /** Hands over what the window holds, without an object in between. */
    <T extends @Nullable Object> T read(Reading<T> reading);

    /**
     * What the window holds. If a window of time holds fewer calls than that: what a longer time holds, up to ten minutes.
     */
    Seen reach(int calls);

    /** What the window holds. */
    default CallCounts tally() {
        return read(CallCounts::new);
    }

    /**
     * What a look at the window has seen.
     *
     * @param isLong whether it holds more than the window's own size
     */
    record Seen(long calls, long failures, long slowCalls, boolean isLong) {

        /** As if so many calls more had been slow. */
        Seen withSlow(long more) {
            return new Seen(calls + more, failures, slowCalls + more, isLong);
        }

        CallCounts tally() {
            return new CallCounts(calls, failures, slowCalls);
        }
    }

    /** A window of another size, with what this one holds as far as that size reaches; an empty one of the other type. */
    Window with(CircuitPolicy policy, long nowNanos);

    /** An empty one. */
    static Window of(CircuitPolicy policy, long nowNanos) {
        return policy.isCounted()
                ? CountWindow.of(policy.countWindow())
                : TimeWindow.of(policy.timeWindow().toNanos(), nowNanos);
    }

    /** Makes something of what a window holds. */
    @FunctionalInterface
    interface Reading<T extends @Nullable Object> {
        T of(long calls, long failures, long slowCalls);
    }
}
