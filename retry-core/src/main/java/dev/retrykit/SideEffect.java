package dev.retrykit;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Something that an attempt has begun and that must not happen twice, such as a POST. From then on the attempt isn't
 * retried, whatever it fails with, unless the policy allows that. Thread-safe.
 */
public final class SideEffect {

    /** What an effect is, which decides whether a policy lets it happen again. */
    public enum Kind {

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

    private final AttemptRecord notes;
    private final Kind kind;
    private final String what;
    private final AtomicBoolean retracted = new AtomicBoolean();

    SideEffect(AttemptRecord notes, Kind kind, String what) {
        this.notes = notes;
        this.kind = kind;
        this.what = what;
    }

    /** It certainly didn't happen: the attempt may be retried as if it had never begun. */
    public void didNotHappen() {
        if (retracted.compareAndSet(false, true)) {
            notes.remove(this);
        }
    }

    /** Whether it is known that it {@linkplain #didNotHappen didn't happen}. */
    public boolean isRetracted() {
        return retracted.get();
    }

    String what() {
        return what;
    }

    Kind kind() {
        return kind;
    }
}
