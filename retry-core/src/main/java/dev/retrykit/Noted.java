package dev.retrykit;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.Verdict;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What there is to note of one attempt. All of it under the lock of its {@link AttemptNotes}. */
final class Noted {

    final Deque<Throwable> failures = new ArrayDeque<>(2);
    final BitSet givenUpStatuses = new BitSet();
    final List<Runnable> cleanups = new ArrayList<>(1);
    final Set<Runnable> repeats = new LinkedHashSet<>();
    final Effects effects = new Effects();

    /** Whether an inner call has given up on the failure, on one in its cause chain, or on an answer of that status. */
    boolean hasGivenUpOn(@Nullable Throwable failure, Verdict verdict) {
        if (verdict.status() != 0 && givenUpStatuses.get(verdict.status())) {
            return true;
        }
        if (failure == null || failures.isEmpty()) {
            return false;
        }
        for (Throwable link : Causes.chain(failure)) {
            for (Throwable given : failures) {
                if (given == link) {
                    return true;
                }
            }
        }
        return false;
    }

    /** What attempts around take over, as it is now. */
    Noted lasting() {
        Noted now = new Noted();
        now.effects.addAll(effects);
        now.repeats.addAll(repeats);
        return now;
    }
}
