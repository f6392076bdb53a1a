package dev.retrykit;

/** Whether to retry an attempt that had an effect that must not happen twice, such as a POST that was sent. */
public enum UnsafeMethods {

    /** Only if the request carried an idempotency key, by which the server recognizes the repetition. */
    WITH_KEY,

    /** Never, with or without a key. */
    NEVER,

    /** Always: a second effect is harmless. */
    ALWAYS
}
