package dev.retrykit.event;

import org.jspecify.annotations.Nullable;

/**
 * Observes attempts from beginning to end, for example for tracing. Thread-safe. Exceptions do not affect the call. An
 * attempt costs more while it is observed.
 */
public interface AttemptObserver {

    /** Whether attempts are observed now. Called before each call, so it must be very fast. */
    default boolean isWatching() {
        return true;
    }

    /**
     * An attempt begins on this thread, which has the context in which the call was made, as far as that is propagated.
     *
     * @param policy the policy's name
     * @param attempt 1 for the first
     * @return null if this attempt is not observed
     */
    @Nullable
    Watched begin(String policy, int attempt);

    /** An attempt that is observed. */
    interface Watched {

        /**
         * The attempt runs on this thread until the scope is closed: the whole attempt or, if it returns a stage, the
         * part before that.
         */
        Scope enter();

        /**
         * The attempt has ended, on any thread.
         *
         * @param result its result
         * @param failure null if it returned a value, or was cancelled
         */
        void end(AttemptResult result, @Nullable Throwable failure);
    }
}
