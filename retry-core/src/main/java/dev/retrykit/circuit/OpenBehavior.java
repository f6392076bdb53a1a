package dev.retrykit.circuit;

/** What a retrying call does while its circuit is open. */
public enum OpenBehavior {

    /** Ends at once. */
    STOP,

    /** Waits for the next probe, if that fits its time budget. A call of one attempt, or without a retry, never waits. */
    WAIT
}
