package dev.retrykit.event;

/** Why a call ended. */
public enum StopReason {

    /** An attempt succeeded. */
    SUCCESS,

    /** All attempts of the policy were made ({@code max-attempts}). */
    EXHAUSTED,

    /**
     * The failure is permanent, or nothing says that it is transient; or the attempt had given a part of its result away; or
     * the caller's transaction is rollback-only.
     */
    NOT_RETRYABLE,

    /**
     * The attempt may have had its effect, and a second effect would be wrong: a POST without a key, SQLState 08007 or
     * 40003, a failed commit, a transaction that was committed before the failure, an outcome that a library calls ambiguous.
     */
    NOT_IDEMPOTENT,

    /** The next attempt would begin after the time budget ({@code budget.time}). */
    TIME_BUDGET,

    /** The retry budget had no token, or the majority of attempts fails. */
    RETRY_BUDGET,

    /** The circuit is open, and would be when the delay is over. */
    CIRCUIT_OPEN,

    /** The peer asked for a longer delay than the policy allows ({@code retry-after.max}). */
    RETRY_AFTER_TOO_LONG,

    /**
     * An inner policy in the same call had given up on this failure, or on an answer with this status, already; or the library
     * that was called says that it has retried.
     */
    NESTED,

    /** The peer asked not to be tried again. */
    VETOED,

    /** The thread was interrupted. Its flag is kept. */
    INTERRUPTED,

    /** The policy would have retried, but only tells so ({@code dry-run}). */
    DRY_RUN,

    /** The caller cancelled the stage or the subscription, the application closes, or the executor takes no more work. */
    CANCELLED
}
