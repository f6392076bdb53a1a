package dev.retrykit.spring.idempotency;

import java.util.Locale;

/** How often a call that is repeated until it gets a response can have an effect, including after crashes. */
public enum Guarantee {

    /** Exactly one effect: each transaction of the call commits only together with its claim. */
    EXACTLY_ONCE,

    /**
     * At most one effect: after a crash the call does not run again until the hold time is over or an operator frees
     * the key.
     */
    AT_MOST_ONCE,

    /** At least one effect: after a crash the next repeat runs the call again. */
    AT_LEAST_ONCE;

    /** Returns the name in words, for example {@code exactly once}. */
    public String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
