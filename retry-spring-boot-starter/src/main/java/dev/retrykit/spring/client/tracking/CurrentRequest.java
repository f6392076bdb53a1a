package dev.retrykit.spring.client.tracking;

import org.jspecify.annotations.Nullable;

/**
 * The tracker of the request that the current thread is about to send, for transports that have no other way to pass
 * it.
 */
public final class CurrentRequest {

    private static final ThreadLocal<@Nullable RequestTracker> CURRENT = new ThreadLocal<>();

    private CurrentRequest() {}

    /**
     * Sets the current tracker.
     *
     * @return the enclosing one, to pass to {@link #end}
     */
    public static @Nullable RequestTracker begin(RequestTracker sent) {
        RequestTracker outer = CURRENT.get();
        CURRENT.set(sent);
        return outer;
    }

    /** Restores the enclosing tracker. */
    public static void end(@Nullable RequestTracker outer) {
        if (outer == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(outer);
        }
    }

    /** Returns the innermost tracker; null if there is none. */
    public static @Nullable RequestTracker current() {
        return CURRENT.get();
    }
}
