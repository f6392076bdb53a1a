package dev.retrykit.spring.client;

import org.jspecify.annotations.Nullable;

/** Which exchange the current thread is about to send, for transports that can be asked only from within. */
public final class CurrentRequest {

    private static final ThreadLocal<@Nullable RequestTracker> CURRENT = new ThreadLocal<>();

    private CurrentRequest() {}

    /**
     * Begins.
     *
     * @return what {@link #end} is to be told
     */
    public static @Nullable RequestTracker begin(RequestTracker sent) {
        RequestTracker outer = CURRENT.get();
        CURRENT.set(sent);
        return outer;
    }

    /** Ends; what was before comes back. */
    public static void end(@Nullable RequestTracker outer) {
        if (outer == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(outer);
        }
    }

    /** The innermost; null if there is none. */
    public static @Nullable RequestTracker current() {
        return CURRENT.get();
    }
}
