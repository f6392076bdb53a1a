package dev.retrykit.event;

/** How an attempt counts in the meters of its policy. */
public enum AttemptResult {

    /** The attempt succeeded. */
    SUCCESS,

    /** The attempt failed, and another one can help. */
    RETRYABLE,

    /** The attempt failed, and another one cannot help. */
    PERMANENT,

    /** The attempt exceeded its timeout. */
    TIMEOUT
}
