package dev.retrykit.circuit;

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
     * A call was bad, and isn't counted yet: with it the evidence begins anew if too few calls were bad until now.
     *
     * @param startedNanos when the call began
     */
    void consider(Window window, CircuitPolicy policy, long startedNanos) {
        Window.Reading<Beginning> reading = (calls, failures, slow) -> beginning(policy, calls, failures, slow);
        Beginning begins = window.reach(policy.minimumCalls(), reading, reading);
        if (begins == Beginning.YES || begins == Beginning.AFTER_A_PAUSE && window.read(Evidence::isGood)) {
            sinceNanos = startedNanos;
        }
    }

    private static Beginning beginning(CircuitPolicy policy, long calls, long failures, long slowCalls) {
        if (calls == 0 || !policy.isReached(2 * failures, 2 * slowCalls, calls, 0)) {
            return Beginning.YES;
        }
        return policy.isReached(failures, slowCalls, calls, 0) ? Beginning.NO : Beginning.AFTER_A_PAUSE;
    }

    private static boolean isGood(long calls, long failures, long slowCalls) {
        return failures == 0 && slowCalls == 0;
    }

    private enum Beginning {
        YES,
        AFTER_A_PAUSE,
        NO
    }

    boolean suffices(long nowNanos) {
        return nowNanos - sinceNanos >= SUFFICIENT_NANOS;
    }
}
