package dev.retrykit;

import dev.retrykit.event.StopReason;

/** Handling of a failure on which an inner policy, in the same call, has already given up. */
public enum NestedRetries {

    /** Ends the call with {@link StopReason#NESTED}, so that only one layer retries. */
    ONCE,

    /** Retries the failure like any other, so that the attempts of both layers multiply. */
    MULTIPLY
}
