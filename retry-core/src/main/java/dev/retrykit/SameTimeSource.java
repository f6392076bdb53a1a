package dev.retrykit;

import dev.retrykit.time.TimeSource;

/** The rule that a retry and what it asks run on the same clock. */
final class SameTimeSource {

    private SameTimeSource() {}

    static void check(String retry, TimeSource time, TimeSource other, String what) {
        if (other != time) {
            throw new IllegalArgumentException("retry '" + retry + "' and its " + what
                    + " must run on the same TimeSource: pass the one of the retry to the " + what + " too");
        }
    }
}
