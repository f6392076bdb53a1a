package dev.retrykit.event;

/** How a call counts in the meters of its policy. */
public enum CallOutcome {

    /** The first attempt succeeded. */
    SUCCESS,

    /** A later attempt succeeded. */
    RECOVERED,

    /** The call failed. */
    FAILED,

    /** The call ended before its first attempt. */
    REJECTED
}
