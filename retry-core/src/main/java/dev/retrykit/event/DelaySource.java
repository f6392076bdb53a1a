package dev.retrykit.event;

/** What decided how long a delay is. */
public enum DelaySource {

    /** The policy's backoff and jitter. */
    BACKOFF,

    /** The peer's Retry-After. */
    RETRY_AFTER,

    /** An open circuit that the call waits for ({@code on-open: wait}). */
    CIRCUIT
}
