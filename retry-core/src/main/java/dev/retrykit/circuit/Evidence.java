package dev.retrykit.circuit;

import dev.retrykit.circuit.Window.Seen;

/**
 * Since when a dependency fails, or is slow, without enough good calls in between. A second of that is evidence; however many
 * calls of one burst failed, it isn't: their connections may have been dead, or the dependency starting. A call that was
 * on its way for long has seen as much of it by itself.
 */
final class Evidence {

    private static final long SUFFICIENT_NANOS = 1_000_000_000L;

    private volatile long sinceNanos;

    /** None yet: the first bad call is the first of it. */
    Evidence(long nowNanos) {
        this.sinceNanos = nowNanos;
    }

    /**
     * A call was bad, and isn't counted yet. With it the evidence begins anew if too few calls were bad until now.
     *
     * @param before what the circuit knew before it
     * @param near what of that is in the window
     * @param startedNanos when the call began
     */
    void consider(Seen before, Seen near, CircuitPolicy policy, long startedNanos) {
        boolean few = before.calls() == 0
                || !policy.isReached(2 * before.failures(), 2 * before.slowCalls(), before.calls(), 0);
        boolean enough = !few && policy.isReached(before.failures(), before.slowCalls(), before.calls(), 0);
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
