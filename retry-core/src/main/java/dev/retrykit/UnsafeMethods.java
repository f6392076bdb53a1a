package dev.retrykit;

/** Whether an attempt is retried that had an effect which must not happen twice, such as a POST that was sent. */
public enum UnsafeMethods {

    /** Only if an idempotency key went with it, by which the peer knows it again. */
    WITH_KEY,

    /** Never, key or not. */
    NEVER,

    /** Always: a second effect does no harm. */
    ALWAYS
}
