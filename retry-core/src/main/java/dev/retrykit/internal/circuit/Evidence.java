package dev.retrykit.internal.circuit;

import dev.retrykit.internal.circuit.Window.Seen;

/**
 * Since when a dependency fails, or is slow, without enough good calls in between. One second of that is evidence. A
 * single burst is not, however many of its calls failed: their connections may have been dead, or the dependency may
 * have been starting. A call that ran for that long is evidence by itself.
 */
final class Evidence {

    private static final long SUFFICIENT_NANOS = 1_000_000_000L;

    private volatile long sinceNanos;

    /** Starts without evidence: the first bad call begins it. */
    Evidence(long nowNanos) {
        this.sinceNanos = nowNanos;
    }

    /**
     * A call was bad, and is not counted yet. The evidence begins anew with it if too few calls were bad until now.
     *
     * @param before what the circuit knew before the call
     * @param near the part of it that is in the window
     * @param startedNanos when the call started
     */
    void consider(Seen before, Seen near, Thresholds thresholds, long startedNanos) {
        boolean few = before.calls() == 0
                || !thresholds.isReached(2 * before.failures(), 2 * before.slowCalls(), before.calls());
        boolean enough = !few && thresholds.isReached(before.failures(), before.slowCalls(), before.calls());
        boolean paused = near.failures() == 0 && near.slowCalls() == 0;
        if (few || !enough && paused) {
            beginAnew(startedNanos);
        }
    }

    /** A call was bad, and too few were bad before it. */
    void beginAnew(long startedNanos) {
        if (sinceNanos != startedNanos) {
            sinceNanos = startedNanos;
        }
    }

    boolean suffices(long nowNanos) {
        return nowNanos - sinceNanos >= SUFFICIENT_NANOS;
    }
}
