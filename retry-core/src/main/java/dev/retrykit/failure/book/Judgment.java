package dev.retrykit.failure.book;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.Verdict;
import dev.retrykit.internal.book.JudgmentContext;
import java.time.Instant;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The judgment of one failure by a book. Each cause is judged once; nesting of failures within failures is bounded. */
final class Judgment implements JudgmentContext {

    private static final int MOST = 1_000;
    private static final int DEEPEST = 50;

    private final FailureBook book;
    private final Repeatable may;

    /** Failures held by other failures, each of which is judged once; null until there is one. */
    private @Nullable Set<Throwable> held;

    private int depth;

    /** The verdicts of causes; null until there is one. */
    private @Nullable Map<Throwable, Optional<Verdict>> told;

    /** @param may what the policy allows to be repeated anyway */
    Judgment(FailureBook book, Repeatable may) {
        this.book = book;
        this.may = may;
    }

    @Override
    public @Nullable Verdict ofCauses(Throwable failure) {
        Throwable cause = Causes.causeOf(failure);
        if (cause == null) {
            return null;
        }
        Map<Throwable, Optional<Verdict>> known = told == null ? new IdentityHashMap<>() : told;
        told = known;
        Optional<Verdict> before = known.putIfAbsent(cause, Optional.empty());
        if (before == null) {
            before = Optional.ofNullable(book.ofCauses(cause, this));
            known.put(cause, before);
        }
        return before.orElse(null);
    }

    @Override
    public @Nullable Verdict ofAnother(Throwable failure) {
        Set<Throwable> known = held == null ? Collections.newSetFromMap(new IdentityHashMap<>()) : held;
        held = known;
        if (!known.add(failure)) {
            return null;
        }
        if (known.size() > MOST || depth == DEEPEST) {
            return UNSEEN;
        }
        depth++;
        try {
            return book.ofAnother(failure, this);
        } finally {
            depth--;
        }
    }

    @Override
    public boolean isRefusal(Throwable failure) {
        return book.isRefusal(failure, this);
    }

    @Override
    public boolean isAnswered(Throwable failure) {
        return book.isAnswered(failure);
    }

    @Override
    public boolean mayRepeatEffects() {
        return may.effects();
    }

    @Override
    public boolean mayRepeatRequests() {
        return may.requests();
    }

    @Override
    public Instant now() {
        return book.now();
    }
}
