package dev.retrykit.spring.idempotency;

import java.util.Locale;

/** How often a call that is repeated until it is answered can have an effect, whatever crashes. */
public enum Guarantee {

    /** Once: each transaction of the call is committed only together with its claim. */
    EXACTLY_ONCE,

    /** Once at the most: after a crash nobody runs it again, before the time is over or somebody frees the key. */
    AT_MOST_ONCE,

    /** Once at least: after a crash the next repeat runs it again. */
    AT_LEAST_ONCE;

    /** As words: {@code exactly once}. */
    public String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
