package dev.retrykit.event;

/**
 * Something that an attempt has begun and that must not happen twice, such as a POST. From then on the attempt is not
 * retried, whatever it fails with, unless the policy allows it. Thread-safe.
 */
public interface SideEffect {

    /** The kind of an effect, which decides whether a policy allows a second one. */
    enum Kind {

        /**
         * A commit, such as that of a transaction. A second one is allowed only if the whole attempt may be repeated.
         */
        COMMIT,

        /** A request that was not sent, because an earlier attempt may have sent it under another idempotency key. */
        MISMATCHED_KEY,

        /** A request whose idempotency key another request may get in the next attempt. */
        AMBIGUOUS_KEY,

        /**
         * A request with an idempotency key that its call no longer remembers, because the call has sent 100,000
         * others.
         */
        FORGOTTEN_KEY,

        /** A request without an idempotency key. */
        WITHOUT_KEY,

        /** A request that its server can recognize when it is repeated. */
        WITH_KEY,

        /**
         * An effect of an HTTP client that is not watched, possibly a request that should have had an idempotency key.
         */
        UNWATCHED,

        /** Any watched request. A part that must not happen twice is recorded as a separate effect. */
        WATCHED
    }

    /**
     * Declares that the effect certainly did not happen: the attempt may be retried as if the effect had never begun.
     */
    void didNotHappen();

    /** Whether the effect is known {@linkplain #didNotHappen not to have happened}. */
    boolean isRetracted();
}
