package dev.retrykit.backoff;

/** How the delay grows from retry to retry, before the cap and before jitter. */
public enum Strategy {

    /** Always the delay. */
    FIXED,

    /** The delay times the number of the retry. */
    LINEAR,

    /** The delay times the multiplier to the power of the retries made before. */
    EXPONENTIAL,

    /** The delay times 1, 1, 2, 3, 5, 8 … */
    FIBONACCI
}
