package dev.retrykit.circuit;

import dev.retrykit.internal.window.SlidingWindow;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a closed circuit that are on their way for longer than a call may take: they are slow, whatever comes. What
 * has ended is known to the window of results, so that a call that succeeds is counted once on its way out.
 */
final class HungCalls {

    private static final int ADMITTED = 0;
    private static final int SLICES = 10;

    /** Nothing is concluded sooner, however short a slow call is. */
    private static final long SHORTEST_NANOS = 1_000_000_000L;

    private final SlidingWindow admitted;

    /** Calls that ended without a counted result, minus results of calls that weren't admitted here. */
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

    /** The same calls, which hang after another time. */
    HungCalls with(long slowNanos, long nowNanos) {
        return new HungCalls(admitted.resized(size(slowNanos), SLICES, nowNanos), correction);
    }

    private static long size(long slowNanos) {
        return Math.max(slowNanos, SHORTEST_NANOS);
    }

    /**
     * A call comes in.
     *
     * @return whether it is time to look how many hang
     */
    boolean admit(long nowNanos) {
        return admitted.add(ADMITTED, nowNanos);
    }

    /** A call has ended without a result that counts. */
    void endUncounted() {
        correction.increment();
    }

    /** A call has ended that wasn't admitted here. */
    void endOfOther() {
        correction.decrement();
    }

    boolean hasSameCallsAs(@Nullable HungCalls other) {
        return other != null && other.correction == correction;
    }

    /**
     * How many were admitted so long ago, less all that have ended: at least as many hang.
     *
     * @param results how many results have been counted
     */
    long count(long results) {
        return Math.max(0, admitted.totalBefore(ADMITTED) - results - correction.sum());
    }
}
