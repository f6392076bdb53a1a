package dev.retrykit.failure.book;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.Verdict;
import java.time.Instant;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One failure is being judged by a book. Each cause is asked once; failures that hold failures don't go on forever. */
final class Judgment implements JudgmentContext {

    private static final int MOST = 64;

    private final FailureBook book;

    /** Failures that others hold, none of which is asked twice; made when one is asked. */
    private @Nullable Set<Throwable> held;

    /** What causes have said; made when one is asked. */
    private @Nullable Map<Throwable, Optional<Verdict>> told;

    Judgment(FailureBook book) {
        this.book = book;
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
        if (known.size() == MOST) {
            return NestedFailures.UNSEEN;
        }
        return known.add(failure) ? book.ofAnother(failure, this) : null;
    }

    @Override
    public boolean isRefusal(Throwable failure) {
        return book.isRefusal(failure, this);
    }

    @Override
    public Instant now() {
        return book.now();
    }
}
