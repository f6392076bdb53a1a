package dev.retrykit.spring.failure;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.KnownFailures;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.failure.book.FailureBook;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Commits that failed, of Spring's transaction managers: they may have been done, unless it is known that the database answered or
 * rolled back. All other failures of data access are lines of the failure book.
 */
public final class DataFailures implements KnownFailures {

    private static final Verdict UNKNOWN_EFFECT =
            Verdict.of(Kind.NOT_IDEMPOTENT, Signal.FAILURE).by("a commit that failed");

    /** Without state. */
    public DataFailures() {}

    @Override
    public @Nullable Verdict classify(Throwable failure) {
        if (!Causes.anyMatch(failure, Commits::failed)) {
            return null;
        }
        Verdict known = FailureBook.standard().classify(Commits.reason(failure));
        return isFinal(known) || Commits.isRolledBack(Causes.chain(failure)) ? known : UNKNOWN_EFFECT;
    }

    /** Whether a commit that failed certainly left nothing: the database has answered, or rolled back. */
    public static boolean isUndone(Throwable failure) {
        List<Throwable> chain = Causes.chain(failure);
        Verdict known = FailureBook.standard().classify(Commits.reason(failure));
        return known != null && known.signal() == Signal.SUCCESS || Commits.isRolledBack(chain);
    }

    /** An answer, a mistake of the caller, an interruption: whatever came of the commit, they stay what they are. */
    private static boolean isFinal(@Nullable Verdict known) {
        return known != null && known.kind() != Kind.RETRYABLE && known.signal() != Signal.FAILURE;
    }
}
