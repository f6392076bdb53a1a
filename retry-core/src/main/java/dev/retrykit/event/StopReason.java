package dev.retrykit.event;

/** Why a call ended. */
public enum StopReason {

    /** An attempt succeeded. */
    SUCCESS,

    /** All attempts that the policy allows have failed ({@code max-attempts}). */
    EXHAUSTED,

    /**
     * The failure is permanent or no rule says that it is transient, or part of the result had already been emitted, or
     * the caller's transaction is rollback-only.
     */
    NOT_RETRYABLE,

    /**
     * The attempt may have had its effect, and a second effect would be wrong. Examples: a POST without a key, SQLState
     * 08007 or 40003, a failed commit, a transaction that was committed before the failure, an outcome that a library
     * calls ambiguous.
     */
    NOT_IDEMPOTENT,

    /** The next attempt would start after the end of the time budget ({@code budget.time}). */
    TIME_BUDGET,

    /** The retry budget has no token, or the majority of attempts fails. */
    RETRY_BUDGET,

    /** The circuit is open, and would still be open at the end of the delay. */
    CIRCUIT_OPEN,

    /** The server asked for a longer delay than the policy allows ({@code retry-after.max}). */
    RETRY_AFTER_TOO_LONG,

    /**
     * An inner policy in the same call has already given up on this failure or on a response with this status, or the
     * called library reports that it has already retried.
     */
    NESTED,

    /** The server asked not to be called again. */
    VETOED,

    /** The thread was interrupted. Its interrupt flag is kept. */
    INTERRUPTED,

    /** The policy would have retried, but only reports it ({@code dry-run}). */
    DRY_RUN,

    /**
     * The caller cancelled the stage or the subscription, the application is shutting down, or the executor rejected
     * the retry.
     */
    CANCELLED
}
