package dev.retrykit;

/** Why a call ended. */
public enum StopReason {

    /** An attempt succeeded. */
    SUCCESS,

    /** All attempts of the policy were made. */
    EXHAUSTED,

    /** The failure is permanent, or nothing says that it is transient. */
    NOT_RETRYABLE,

    /** The attempt may have had its effect, and a second effect would be wrong. */
    NOT_IDEMPOTENT,

    /** The next attempt would begin after the time budget. */
    TIME_BUDGET,

    /** The retry budget had no token, or the majority of attempts fails. */
    RETRY_BUDGET,

    /** The circuit is open, and would be when the delay is over. */
    CIRCUIT_OPEN,

    /** The peer asked for a longer delay than the policy allows. */
    RETRY_AFTER_TOO_LONG,

    /** An inner policy in the same call had given up on this failure already. */
    NESTED,

    /** The peer asked not to be tried again. */
    VETOED,

    /** The thread was interrupted. */
    INTERRUPTED,

    /** The policy would have retried, but only tells so. */
    DRY_RUN,

    /** The caller cancelled, or the executor takes no more work. */
    CANCELLED
}
