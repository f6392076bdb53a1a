package dev.retrykit.circuit;

/** Behavior of a retrying call while its circuit is open. */
public enum OpenBehavior {

    /** Ends at once. */
    STOP,

    /**
     * Waits for the next probe, if that fits the time budget. A call with one attempt, or without a retry, never waits.
     */
    WAIT
}
