package dev.retrykit.spring.idempotency;

import dev.retrykit.spring.idempotency.store.StoredState;

/** The handling of a request, depending on its key and the state stored for the key. */
public enum IdempotencyDecision {

    /** Execute the call. */
    EXECUTE,

    /** Replay the stored response. */
    REPLAY,

    /** Refuse: another request with the key is in progress, the caller may retry later. */
    CONFLICT,

    /** Refuse: the key was used for a different request. */
    MISMATCH,

    /** Refuse: the request has no key. */
    MISSING,

    /** Refuse: the key is invalid. */
    INVALID,

    /** Refuse: the call was executed, and there is no response to replay. */
    TOMBSTONE,

    /** Refuse: the call may have been executed in part, and there is no response to replay. */
    PARTIAL,

    /** Refuse: the call may have been executed. */
    UNKNOWN;

    /** Decides by the state stored for the key; a different fingerprint takes precedence. */
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
