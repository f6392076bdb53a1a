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
 * Classifies failed commits of Spring's transaction managers, and failed writes of {@code JdbcTemplate} outside of a
 * transaction. Their effect may be unknown: a commit's, unless the database has responded or rolled back; a write's, if
 * the connection was lost or a part of the batch was applied. The failure book classifies all other failures of data
 * access.
 */
public final class DataFailures implements KnownFailures {

    private static final Verdict UNKNOWN_EFFECT =
            Verdict.of(Kind.NOT_IDEMPOTENT, Signal.FAILURE).by("a failed commit");
    private static final Verdict MAY_BE_DONE = UNKNOWN_EFFECT.by("a write outside of a transaction");

    /** Creates a classifier. */
    public DataFailures() {}

    @Override
    public @Nullable Verdict classify(Throwable failure) {
        if (!Causes.anyMatch(failure, Commits::concerns)) {
            return null;
        }
        if (Causes.anyMatch(failure, Commits::failed)) {
            return ofCommit(failure);
        }
        Throwable reason = Commits.reasonOfRollback(failure);
        if (reason != null) {
            return Causes.anyMatch(reason, Commits::failed)
                    ? ofCommit(reason)
                    : FailureBook.standard().classify(reason);
        }
        boolean mayBeDone = AutoCommits.mayBeDone(failure)
                && !isFinal(FailureBook.standard().classify(failure));
        return mayBeDone ? MAY_BE_DONE : null;
    }

    private static @Nullable Verdict ofCommit(Throwable failure) {
        Verdict known = FailureBook.standard().classify(Commits.reason(failure));
        return isFinal(known) || Commits.isRolledBack(Causes.chain(failure)) ? known : UNKNOWN_EFFECT;
    }

    /** The reason for a rollback that failed too. */
    @Override
    public @Nullable Throwable reason(Throwable failure) {
        return Commits.reasonOfRollback(failure);
    }

    /** Whether a rollback that failed came before the commit that it replaced. */
    public static boolean isBeforeCommit(Throwable rollback) {
        return Commits.neverSent(rollback);
    }

    /**
     * Whether a failed commit certainly had no effect, because the database has responded or rolled back, or because the
     * commit was never sent.
     */
    public static boolean isUndone(Throwable failure) {
        List<Throwable> chain = Causes.chain(failure);
        Verdict known = FailureBook.standard().classify(Commits.reason(failure));
        return known != null && known.signal() == Signal.SUCCESS
                || Commits.isRolledBack(chain)
                || Commits.neverSent(failure);
    }

    /**
     * Whether the classification does not depend on the commit: a response, an error of the caller, or an interruption.
     */
    private static boolean isFinal(@Nullable Verdict known) {
        return known != null && known.kind() != Kind.RETRYABLE && known.signal() != Signal.FAILURE;
    }
}
