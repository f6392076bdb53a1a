package dev.retrykit.internal.thread;

import org.jspecify.annotations.Nullable;

/**
 * The permit of a resource that one running attempt holds, with those of the enclosing attempts. It can be passed to
 * other threads.
 */
public final class HeldPermit {

    private final Object resource;
    private final boolean firstOnly;

    /** Replaced by the innermost enclosing one that is still running, once its own attempt has ended. */
    private volatile @Nullable HeldPermit enclosing;

    private volatile boolean ended;

    /**
     * Creates a hold that lasts until it is ended.
     *
     * @param firstOnly whether inner retries must still ask the resource
     */
    public HeldPermit(Object resource, boolean firstOnly, @Nullable HeldPermit enclosing) {
        this.resource = resource;
        this.firstOnly = firstOnly;
        this.enclosing = running(enclosing);
        forgetEnded();
    }

    /** A hold of nothing. */
    static HeldPermit ended() {
        HeldPermit nothing = new HeldPermit(HeldPermit.class, true, null);
        nothing.end();
        return nothing;
    }

    /** The attempt has ended: from now on the hold counts as absent, wherever it was carried. */
    public void end() {
        ended = true;
    }

    /** Whether this hold or an enclosing one holds the resource. */
    public static boolean isHeld(@Nullable HeldPermit innermost, Object resource, boolean retry) {
        for (HeldPermit hold = innermost; hold != null; hold = hold.enclosing) {
            if (hold.resource == resource && !hold.ended && !(retry && hold.firstOnly)) {
                return true;
            }
        }
        return false;
    }

    /** Drops ended holds, so that a chain of calls, each of which outlives the previous one, does not grow. */
    private void forgetEnded() {
        for (HeldPermit hold = enclosing; hold != null; hold = hold.enclosing) {
            hold.enclosing = running(hold.enclosing);
        }
    }

    private static @Nullable HeldPermit running(@Nullable HeldPermit innermost) {
        HeldPermit hold = innermost;
        while (hold != null && hold.ended) {
            hold = hold.enclosing;
        }
        return hold;
    }
}
