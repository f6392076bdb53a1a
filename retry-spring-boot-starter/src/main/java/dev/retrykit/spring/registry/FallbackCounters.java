package dev.retrykit.spring.registry;

import java.util.concurrent.atomic.LongAdder;

/** Counts the fallbacks of a policy that succeeded and that failed. */
public final class FallbackCounters {

    private final LongAdder successes = new LongAdder();
    private final LongAdder failures = new LongAdder();

    /** Counts one fallback. */
    public void add(boolean success) {
        (success ? successes : failures).increment();
    }

    /** The number of fallbacks that returned normally. */
    public long successes() {
        return successes.sum();
    }

    /** The number of fallbacks that failed. */
    public long failures() {
        return failures.sum();
    }
}
