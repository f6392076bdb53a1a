package dev.retrykit.internal.thread;

import org.jspecify.annotations.Nullable;

/** One running attempt's permit of a resource, with those of the attempts around it. Travels between threads. */
public final class HeldPermit {

    private final Object resource;
    private final boolean firstOnly;

    /** Replaced by the innermost one around it that runs, once its own has ended. */
    private volatile @Nullable HeldPermit enclosing;

    private volatile boolean ended;

    /**
     * A hold that lasts until it is ended.
     *
     * @param firstOnly whether retries inside must ask the resource all the same
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

    /** Whether the resource is held by this hold or by one around it. */
    public static boolean isHeld(@Nullable HeldPermit innermost, Object resource, boolean retry) {
        for (HeldPermit hold = innermost; hold != null; hold = hold.enclosing) {
            if (hold.resource == resource && !hold.ended && !(retry && hold.firstOnly)) {
                return true;
            }
        }
        return false;
    }

    /** Ended holds aren't kept: a chain of calls, each of which outlives the one before, doesn't grow. */
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
