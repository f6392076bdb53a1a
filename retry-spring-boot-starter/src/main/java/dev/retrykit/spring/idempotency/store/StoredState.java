package dev.retrykit.spring.idempotency.store;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The state that a store holds for a key, as the result of a claim.
 *
 * @param state the state of the key
 * @param fingerprint the fingerprint of the request for which the key was first used
 * @param leaseLeft the remaining lease of the holder, zero if there is none
 * @param answer the response, if it is stored
 */
public record StoredState(
        State state,
        String fingerprint,
        Duration leaseLeft,
        @Nullable Answer answer) {

    /** The state of a key. */
    public enum State {

        /** The key was free and is now held by the new claim. */
        CLAIMED,

        /** Another holder's call is in progress. */
        IN_FLIGHT,

        /** The holder has disappeared. It is unknown whether there was an effect. */
        UNKNOWN,

        /** The call was executed, and its response is stored. */
        DONE,

        /** The call was executed, and its response is not stored. */
        TOMBSTONE,

        /**
         * A transaction of the call was committed, after which the call failed or its holder disappeared. A part of the
         * call may be missing.
         */
        PARTIAL
    }

    /** Returns the state of a new claim. */
    public static StoredState claimed(String fingerprint) {
        return new StoredState(State.CLAIMED, fingerprint, Duration.ZERO, null);
    }

    /** Returns the state of a key that another holder has claimed. */
    public static StoredState inFlight(String fingerprint, Duration leaseLeft) {
        return new StoredState(State.IN_FLIGHT, fingerprint, leaseLeft, null);
    }

    /** Returns the state of a key whose holder has disappeared. */
    public static StoredState unknown(String fingerprint) {
        return new StoredState(State.UNKNOWN, fingerprint, Duration.ZERO, null);
    }

    /**
     * Returns the state of an executed call.
     *
     * @param answer null if the response is not stored
     */
    public static StoredState done(String fingerprint, @Nullable Answer answer) {
        return new StoredState(answer == null ? State.TOMBSTONE : State.DONE, fingerprint, Duration.ZERO, answer);
    }

    /** Returns the state of a call that had an effect and was not finished. */
    public static StoredState partial(String fingerprint) {
        return new StoredState(State.PARTIAL, fingerprint, Duration.ZERO, null);
    }
}
