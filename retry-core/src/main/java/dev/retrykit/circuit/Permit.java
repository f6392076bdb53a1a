package dev.retrykit.circuit;

/**
 * The permission to make a call, granted by one generation of a circuit and valid for that generation only: a late
 * result, after the circuit has moved on, decides nothing. Return it exactly once, with {@link Circuit#end(Permit,
 * dev.retrykit.failure.Signal, long, long)}.
 */
public abstract sealed class Permit permits Generation {

    private final boolean coversRetries;
    private final boolean probe;

    Permit(boolean coversRetries, boolean probe) {
        this.coversRetries = coversRetries;
        this.probe = probe;
    }

    /** Whether the call is a probe of a half-open circuit. */
    public final boolean isProbe() {
        return probe;
    }

    /**
     * Whether it also admits retries within the call that holds it. The permit of an open circuit that blocks only
     * retries admits only the first attempt.
     */
    public final boolean coversRetries() {
        return coversRetries;
    }
}
