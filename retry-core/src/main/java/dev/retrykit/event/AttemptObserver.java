package dev.retrykit.event;

import org.jspecify.annotations.Nullable;

/**
 * Watches attempts from their beginning to their end, as tracing does. Thread-safe. What it throws changes nothing about the
 * call; an attempt costs more where somebody watches.
 */
public interface AttemptObserver {

    /** Whether anybody watches now. Asked before each call: be very quick. */
    default boolean isWatching() {
        return true;
    }

    /**
     * An attempt begins on this thread, which has the context that the call was made in, as far as it is carried along.
     *
     * @param policy the policy's name
     * @param attempt 1 for the first
     * @return null if nobody watches this one
     */
    @Nullable
    Watched begin(String policy, int attempt);

    /** An attempt that is watched. */
    interface Watched {

        /** The attempt runs on this thread until the scope is closed: all of it, or what comes before it returns a stage. */
        Scope enter();

        /**
         * The attempt has ended, on whatever thread.
         *
         * @param result what became of it
         * @param failure null if it has returned something, or was given up
         */
        void end(AttemptResult result, @Nullable Throwable failure);
    }
}
