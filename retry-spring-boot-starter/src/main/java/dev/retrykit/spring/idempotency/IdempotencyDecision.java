package dev.retrykit.spring.idempotency;

import dev.retrykit.spring.idempotency.store.StoredState;

/** What to do with a request, from its key and from what was found under it. */
public enum IdempotencyDecision {

    /** Carry it out. */
    EXECUTE,

    /** Give the kept answer again. */
    REPLAY,

    /** Another request with the key is being carried out: come back. */
    CONFLICT,

    /** The key was used for another request. */
    MISMATCH,

    /** It has no key. */
    MISSING,

    /** It has a key that none can be. */
    INVALID,

    /** It was carried out, and there is no answer to give again. */
    TOMBSTONE,

    /** It may have been carried out in part, and there is no answer to give again. */
    PARTIAL,

    /** It may have been carried out. */
    UNKNOWN;

    /** By what was found under the key; another fingerprint comes before everything else. */
    public static IdempotencyDecision of(StoredState found, String fingerprint) {
        if (!found.fingerprint().equals(fingerprint)) {
            return MISMATCH;
        }
        return switch (found.state()) {
            case CLAIMED -> EXECUTE;
            case IN_FLIGHT -> CONFLICT;
            case UNKNOWN -> UNKNOWN;
            case DONE -> REPLAY;
            case TOMBSTONE -> TOMBSTONE;
            case PARTIAL -> PARTIAL;
        };
    }
}
