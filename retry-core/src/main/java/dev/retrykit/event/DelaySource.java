package dev.retrykit.event;

/** The rule that decided the length of a delay. */
public enum DelaySource {

    /** The policy's backoff and jitter. */
    BACKOFF,

    /** The server's Retry-After. */
    RETRY_AFTER,

    /** An open circuit that the call waits for ({@code on-open: wait}). */
    CIRCUIT
}
