package dev.retrykit.circuit;

/** What a circuit does with calls. */
public enum CircuitState {

    /** Lets all calls through and watches them. */
    CLOSED,

    /** Rejects all calls until it is time to probe. */
    OPEN,

    /** Lets a few calls through as probes and rejects the others. */
    HALF_OPEN,

    /** Rejects all calls until somebody changes that. */
    FORCED_OPEN,

    /** Lets all calls through, whatever becomes of them. */
    DISABLED
}
