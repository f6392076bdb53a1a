package dev.retrykit;

import dev.retrykit.event.StopReason;

/** What a policy does with a failure on which an inner policy, in the same call, has given up. */
public enum NestedRetries {

    /** Ends with {@link StopReason#NESTED}: one layer retries. */
    ONCE,

    /** Retries it like any other failure: the attempts of both layers multiply. */
    MULTIPLY
}
