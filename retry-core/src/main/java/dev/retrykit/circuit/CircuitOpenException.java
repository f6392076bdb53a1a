package dev.retrykit.circuit;

import java.time.Duration;
import java.util.Optional;

/**
 * Thrown when a circuit rejects a call; nothing ran. It has no stack trace, which would cost more than the call it
 * saves.
 */
public final class CircuitOpenException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** No probe is planned. */
    static final long NEVER = Long.MAX_VALUE;

    private final String circuit;
    private final long retryAfterNanos;

    CircuitOpenException(String circuit, long retryAfterNanos) {
        super(null, null, true, false);
        this.circuit = circuit;
        this.retryAfterNanos = retryAfterNanos;
    }

    /** The circuit's name. */
    public String circuit() {
        return circuit;
    }

    /** The time until the next probe; empty if none is planned, as in a circuit that was forced open. */
    public Optional<Duration> retryAfter() {
        return retryAfterNanos == NEVER ? Optional.empty() : Optional.of(Duration.ofNanos(retryAfterNanos));
    }

    @Override
    public String getMessage() {
        String next = retryAfterNanos == NEVER
                ? "no probe is planned"
                : "next probe in " + retryAfterNanos / 1_000_000 + " ms";
        return "circuit '" + circuit + "' is open, " + next;
    }
}
