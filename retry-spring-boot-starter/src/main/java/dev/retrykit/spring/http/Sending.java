package dev.retrykit.spring.http;

import org.jspecify.annotations.Nullable;

/** Which exchange the current thread is about to send, for transports that can be asked only from within. */
public final class Sending {

    private static final ThreadLocal<@Nullable Exchange> CURRENT = new ThreadLocal<>();

    private Sending() {}

    /**
     * Begins.
     *
     * @return what {@link #end} is to be told
     */
    public static @Nullable Exchange begin(Exchange sent) {
        Exchange outer = CURRENT.get();
        CURRENT.set(sent);
        return outer;
    }

    /** Ends; what was before comes back. */
    public static void end(@Nullable Exchange outer) {
        if (outer == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(outer);
        }
    }

    /** The innermost; null if there is none. */
    public static @Nullable Exchange current() {
        return CURRENT.get();
    }
}
