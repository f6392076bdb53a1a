package dev.retrykit.circuit;

/** The states of a circuit. */
public enum CircuitState {

    /** Lets all calls through and counts their results. */
    CLOSED,

    /** Rejects all calls until it is time to probe. */
    OPEN,

    /** Lets a few calls through as probes and rejects all others. */
    HALF_OPEN,

    /** Rejects all calls until it is reset or disabled, or for a set time. */
    FORCED_OPEN,

    /** Lets all calls through, whatever their results. */
    DISABLED
}
