package dev.retrykit.failure.book;

import dev.retrykit.failure.Verdict;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * Asks a line what it says of a failure whatever its causes are: whoever is asked for others passes.
 *
 * @param clock the wall clock
 */
record IsolatedContext(Supplier<Instant> clock) implements JudgmentContext {

    @Override
    public Verdict ofCauses(Throwable failure) {
        return Clause.PASS;
    }

    @Override
    public Verdict ofAnother(Throwable failure) {
        return Clause.PASS;
    }

    @Override
    public boolean isRefusal(Throwable failure) {
        return false;
    }

    @Override
    public Instant now() {
        return clock.get();
    }
}
