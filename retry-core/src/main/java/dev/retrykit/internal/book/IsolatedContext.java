package dev.retrykit.internal.book;

import dev.retrykit.failure.Verdict;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * Decides what a line says about a failure independently of its causes: whatever depends on other failures passes.
 *
 * @param clock the wall clock
 */
public record IsolatedContext(Supplier<Instant> clock) implements JudgmentContext {

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
    public boolean isAnswered(Throwable failure) {
        return false;
    }

    @Override
    public boolean mayRepeatEffects() {
        return false;
    }

    @Override
    public boolean mayRepeatRequests() {
        return false;
    }

    @Override
    public Instant now() {
        return clock.get();
    }
}
