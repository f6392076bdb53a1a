package dev.retrykit.failure;

import java.time.Duration;

/**
 * Thrown when a request is not sent because the server has asked for time ({@code RetryAfterSharing.ALL}); nothing ran.
 * It has no stack trace, which would cost more than the request it saves.
 */
public final class PeerBusyException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String peer;
    private final long retryAfterNanos;

    /**
     * Creates the exception.
     *
     * @param peer the host and port of the server
     * @param retryAfterNanos the remaining time, in nanoseconds
     */
    public PeerBusyException(String peer, long retryAfterNanos) {
        super(null, null, true, false);
        this.peer = peer;
        this.retryAfterNanos = retryAfterNanos;
    }

    /** The host and port of the server. */
    public String peer() {
        return peer;
    }

    /** The remaining time. */
    public Duration retryAfter() {
        return Duration.ofNanos(retryAfterNanos);
    }

    @Override
    public String getMessage() {
        return "'" + peer + "' has asked to receive no requests for another " + retryAfterNanos / 1_000_000
                + " ms; with 'retry-after.shared: retries', first attempts are still sent";
    }
}
