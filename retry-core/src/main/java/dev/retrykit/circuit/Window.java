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

    /** The number of the slice that is being filled: while it stays the same, counts only grow. */
    long slice();

    /** Forgets what time has taken. */
    void slideTo(long nowNanos);

    /** Hands over what the window holds, without an object in between. */
    <T extends @Nullable Object> T read(Reading<T> reading);

    /**
     * The same. Where the window holds fewer calls than these, a window of time hands over what a longer time of up to ten
     * minutes holds instead.
     *
     * @param near makes something of what the window holds
     * @param far makes something of what a longer time holds
     */
    <T extends @Nullable Object> T reach(int calls, Reading<T> near, Reading<T> far);

    /** What the window holds. */
    default Tally tally() {
        return read(Tally::new);
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
