package dev.retrykit.spring.idempotency.store;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a store had under a key that somebody wanted to claim.
 *
 * @param state what became of the key
 * @param fingerprint what the request consisted of that it was first used for
 * @param leaseLeft how long the holder holds it without renewing, zero if nobody does
 * @param answer the answer, if it is kept
 */
public record StoredState(
        State state,
        String fingerprint,
        Duration leaseLeft,
        @Nullable Answer answer) {

    /** What became of a key. */
    public enum State {

        /** Nobody had it: who asked is its holder now. */
        CLAIMED,

        /** A holder is at it. */
        IN_FLIGHT,

        /** A holder was at it and is gone. Whether there was an effect isn't known. */
        UNKNOWN,

        /** It was carried out, and its answer is kept. */
        DONE,

        /** It was carried out, and its answer isn't kept. */
        TOMBSTONE,

        /** A transaction of it was committed, and it then failed or its holder is gone. It may lack a part. */
        PARTIAL
    }

    /** Who asked holds it. */
    public static StoredState claimed(String fingerprint) {
        return new StoredState(State.CLAIMED, fingerprint, Duration.ZERO, null);
    }

    /** Another one holds it. */
    public static StoredState inFlight(String fingerprint, Duration leaseLeft) {
        return new StoredState(State.IN_FLIGHT, fingerprint, leaseLeft, null);
    }

    /** Its holder is gone. */
    public static StoredState unknown(String fingerprint) {
        return new StoredState(State.UNKNOWN, fingerprint, Duration.ZERO, null);
    }

    /** It was carried out; null if its answer isn't kept. */
    public static StoredState done(String fingerprint, @Nullable Answer answer) {
        return new StoredState(answer == null ? State.TOMBSTONE : State.DONE, fingerprint, Duration.ZERO, answer);
    }

    /** It had an effect and wasn't finished. */
    public static StoredState partial(String fingerprint) {
        return new StoredState(State.PARTIAL, fingerprint, Duration.ZERO, null);
    }
}
