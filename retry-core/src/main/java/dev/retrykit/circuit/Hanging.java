package dev.retrykit.circuit;

import dev.retrykit.window.SlidingWindow;
import java.util.concurrent.atomic.LongAdder;

/** The calls of a closed circuit that are on their way for longer than a call may take: they are slow, whatever comes. */
final class Hanging {

    private static final int ADMITTED = 0;
    private static final int SLICES = 10;

    /** Nothing is concluded sooner, however short a slow call is. */
    private static final long SHORTEST_NANOS = 1_000_000_000L;

    private final SlidingWindow admitted;
    private final LongAdder ended;

    /** That of the last look. */
    private volatile long slice;

    Hanging(long slowNanos, long nowNanos) {
        this(new SlidingWindow(1, size(slowNanos), SLICES, nowNanos), new LongAdder());
    }

    private Hanging(SlidingWindow admitted, LongAdder ended) {
        this.admitted = admitted;
        this.ended = ended;
    }

    /** The same calls, which hang after another time. */
    Hanging with(long slowNanos, long nowNanos) {
        return new Hanging(admitted.resized(size(slowNanos), SLICES, nowNanos), ended);
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
        admitted.add(ADMITTED, nowNanos);
        long now = admitted.slice();
        if (now == slice) {
            return false;
        }
        slice = now;
        return true;
    }

    void end() {
        ended.increment();
    }

    /** How many were admitted so long ago, less all that have ended: at least as many hang. */
    long count() {
        return Math.max(0, admitted.totalBefore(ADMITTED) - ended.sum());
    }
}
