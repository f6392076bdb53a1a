package dev.retrykit.internal.circuit;

import dev.retrykit.internal.window.SlidingWindow;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a closed circuit that have been running for longer than the slow-call duration: they are slow, whatever
 * their result. The window of results knows which calls have ended, so a call that succeeds is counted only once at its
 * end.
 */
final class HungCalls {

    private static final int ADMITTED = 0;
    private static final int SLICES = 10;

    /** Nothing is concluded earlier, however short the slow-call duration is. */
    private static final long SHORTEST_NANOS = 1_000_000_000L;

    private final SlidingWindow admitted;

    /** Calls that ended without a counted result, minus results of calls that were not admitted here. */
    private final LongAdder correction;

    /** @param results how many results have been counted before */
    HungCalls(long slowNanos, long results, long nowNanos) {
        this(new SlidingWindow(1, size(slowNanos), SLICES, nowNanos), new LongAdder());
        correction.add(-results);
    }

    private HungCalls(SlidingWindow admitted, LongAdder correction) {
        this.admitted = admitted;
        this.correction = correction;
    }

    /** Returns the same calls under another slow-call duration. */
    HungCalls with(long slowNanos, long nowNanos) {
        return new HungCalls(admitted.resized(size(slowNanos), SLICES, nowNanos), correction);
    }

    private static long size(long slowNanos) {
        return Math.max(slowNanos, SHORTEST_NANOS);
    }

    /**
     * Admits a call.
     *
     * @return whether it is time to check how many calls hang
     */
    boolean admit(long nowNanos) {
        return admitted.add(ADMITTED, nowNanos);
    }

    /** A call has ended without a counted result. */
    void endUncounted() {
        correction.increment();
    }

    /** A call that was not admitted here has ended. */
    void endOfOther() {
        correction.decrement();
    }

    boolean hasSameCallsAs(@Nullable HungCalls other) {
        return other != null && other.correction == correction;
    }

    /**
     * The number of calls admitted longer ago than the slow-call duration, minus all that have ended: at least this
     * many hang.
     *
     * @param results how many results have been counted
     */
    long count(long results) {
        return Math.max(0, admitted.totalBefore(ADMITTED) - results - correction.sum());
    }
}
