package dev.retrykit.spring.registry;

import java.util.concurrent.atomic.LongAdder;

/** How often the fallbacks of a policy answered, and how often they failed themselves. */
public final class FallbackCounters {

    private final LongAdder successes = new LongAdder();
    private final LongAdder failures = new LongAdder();

    /** Counts an answer, or a fallback that failed. */
    public void add(boolean success) {
        (success ? successes : failures).increment();
    }

    /** Answers given. */
    public long successes() {
        return successes.sum();
    }

    /** Fallbacks that failed. */
    public long failures() {
        return failures.sum();
    }
}
