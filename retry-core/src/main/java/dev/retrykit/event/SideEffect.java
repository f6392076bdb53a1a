package dev.retrykit.event;

/**
 * Something that an attempt has begun and that must not happen twice, such as a POST. From then on the attempt isn't
 * retried, whatever it fails with, unless the policy allows that. Thread-safe.
 */
public interface SideEffect {

    /** What an effect is, which decides whether a policy lets it happen again. */
    enum Kind {

        /** A commit, such as that of a transaction. It may happen again only if the whole attempt may. */
        COMMIT,

        /** A request that was not sent, since it may be one of an earlier attempt under another idempotency key. */
        MISMATCHED_KEY,

        /** A request whose idempotency key another one may get in the next attempt. */
        AMBIGUOUS_KEY,

        /** A request with an idempotency key that its call doesn't remember, since it has sent 100,000 before. */
        FORGOTTEN_KEY,

        /** A request without an idempotency key. */
        WITHOUT_KEY,

        /** A request that its peer can tell to be the same one. */
        WITH_KEY,

        /** What an HTTP client did that nobody watches: a request that should have had an idempotency key, perhaps. */
        UNWATCHED,

        /** Any request that is watched. What must not happen twice about it is an effect of its own. */
        WATCHED
    }

    /** Declares that it certainly did not happen: the attempt may be retried as if it had never begun. */
    void didNotHappen();

    /** Returns whether it is known that it {@linkplain #didNotHappen did not happen}. */
    boolean isRetracted();
}
