package dev.retrykit.backoff;

/** How the delay grows from retry to retry, before the cap and jitter. */
public enum Strategy {

    /** A constant delay. */
    FIXED,

    /** The delay times the number of the retry. */
    LINEAR,

    /** The delay times the multiplier to the power of the number of retries before. */
    EXPONENTIAL,

    /** The delay times 1, 1, 2, 3, 5, 8 … */
    FIBONACCI
}
