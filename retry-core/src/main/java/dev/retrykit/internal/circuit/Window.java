package dev.retrykit.internal.circuit;

import org.jspecify.annotations.Nullable;

/** The results that a closed circuit considers. Thread-safe, without a lock, and without an object per result. */
interface Window {

    /** Counts a result. */
    void add(boolean failed, boolean slow, long nowNanos);

    /** The number of results ever counted; 0 for a count window, which does not track it. */
    default long total() {
        return 0;
    }

    /**
     * The number of results ever counted that did not fail, or were not slow; 0 for a count window, which does not
     * track it.
     *
     * @param ofSlow true for results that were not slow, false for results that did not fail
     */
    default long others(boolean ofSlow) {
        return 0;
    }

    /** The number of the slice that is being filled: while it stays the same, counts only grow. */
    long slice();

    /** Drops results that have expired. */
    void slideTo(long nowNanos);

    /** Passes the content of the window to a function, without an intermediate object. */
    <T extends @Nullable Object> T read(Reading<T> reading);

    /**
     * Returns the content of the window. If a time window holds fewer calls than this, returns the content of a longer
     * time, up to ten minutes.
     */
    Seen reach(int calls);

    /** Returns the content of the window. */
    default CallCounts tally() {
        return read(CallCounts::new);
    }

    /**
     * The counts that a check of the window considers.
     *
     * @param isLong whether they cover more than the window's own size
     */
    record Seen(long calls, long failures, long slowCalls, boolean isLong) {

        /** Adds calls as if they had been slow. */
        Seen withSlow(long more) {
            return new Seen(calls + more, failures, slowCalls + more, isLong);
        }

        CallCounts tally() {
            return new CallCounts(calls, failures, slowCalls);
        }
    }

    /**
     * Returns a window with other settings: with the results that its size covers if the type is the same, otherwise
     * empty.
     */
    Window with(Thresholds thresholds, long nowNanos);

    /** Creates an empty window. */
    static Window of(Thresholds thresholds, long nowNanos) {
        return thresholds.isCounted()
                ? CountWindow.of(thresholds.countWindow())
                : TimeWindow.of(thresholds.windowNanos(), nowNanos);
    }

    /** Computes a value from the content of a window. */
    @FunctionalInterface
    interface Reading<T extends @Nullable Object> {
        T of(long calls, long failures, long slowCalls);
    }
}
