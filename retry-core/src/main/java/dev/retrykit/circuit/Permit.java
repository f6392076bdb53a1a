package dev.retrykit.circuit;

/**
 * The right to make a call, given by one generation of a circuit and good for that generation only: a result that
 * comes late, when the circuit has moved on, decides nothing. Hand it back exactly once, with
 * {@link Circuit#end(Permit, dev.retrykit.failure.Signal, long, long)}.
 */
public abstract sealed class Permit permits Generation {

    private final boolean coversRetries;
    private final boolean probe;

    Permit(boolean coversRetries, boolean probe) {
        this.coversRetries = coversRetries;
        this.probe = probe;
    }

    /** Whether it is for a probe of a half-open circuit. */
    public final boolean isProbe() {
        return probe;
    }

    /**
     * Whether retries inside of a call that holds it pass through, too. An open circuit that blocks retries alone lets in the
     * first attempts alone.
     */
    public final boolean coversRetries() {
        return coversRetries;
    }
}
