package dev.retrykit.failure;

import dev.retrykit.RetryAfterSharing;
import java.time.Duration;

/**
 * A request was not sent, because the peer has asked for time ({@link RetryAfterSharing#ALL}): nothing ran. It has no stack
 * trace, which costs more than the request it saves.
 */
public final class PeerBusyException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String peer;
    private final long retryAfterNanos;

    /**
     * Creates one.
     *
     * @param peer the host and port
     * @param retryAfterNanos the remaining time, in nanoseconds
     */
    public PeerBusyException(String peer, long retryAfterNanos) {
        super(null, null, true, false);
        this.peer = peer;
        this.retryAfterNanos = retryAfterNanos;
    }

    /** The host and port. */
    public String peer() {
        return peer;
    }

    /** The time that is left. */
    public Duration retryAfter() {
        return Duration.ofNanos(retryAfterNanos);
    }

    @Override
    public String getMessage() {
        return "'" + peer + "' has asked for no requests, " + retryAfterNanos / 1_000_000
                + " ms are left; retry-after.shared: retries would send first attempts";
    }
}
