package dev.retrykit.spring.failure;

import dev.retrykit.failure.Causes;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.HeuristicCompletionException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * Recognizes failed commits. Most transaction managers translate such a failure into the same type as the failure of a
 * statement. Only the stack trace tells them apart; for reactive managers, which lose the stack, the message does.
 */
final class Commits {

    /** {@code java.sql} may be missing from a small run-time image. */
    private static final boolean SQL = ClassUtils.isPresent("java.sql.SQLException", null);

    private Commits() {}

    /** Whether an exception is from a commit. */
    static boolean failed(Throwable link) {
        return isSprings(link) && isOfCommit(link);
    }

    /**
     * The reason why a commit failed. An earlier application exception, despite which the transaction was committed, is
     * not the reason.
     */
    static Throwable reason(Throwable failure) {
        for (Throwable link : Causes.chain(failure)) {
            if (link instanceof TransactionSystemException system && system.getApplicationException() != null) {
                Throwable cause = Causes.causeOf(link);
                return cause == null ? new TransactionSystemException("a commit") : cause;
            }
        }
        return failure;
    }

    private static boolean isSprings(Throwable link) {
        return link instanceof DataAccessException || link instanceof TransactionException;
    }

    private static boolean isOfCommit(Throwable springs) {
        if (springs instanceof HeuristicCompletionException || wasIn("doCommit", springs)) {
            return true;
        }
        return springs instanceof TransactionSystemException system
                ? system.getApplicationException() == null && !wasIn("doRollback", springs)
                : StringUtils.startsWithIgnoreCase(springs.getMessage(), "R2DBC commit");
    }

    /**
     * Whether the transaction was rolled back completely: SQLState class 40, or a Spring exception that means the same.
     */
    static boolean isRolledBack(List<Throwable> chain) {
        return chain.stream()
                .anyMatch(link -> link instanceof ConcurrencyFailureException
                        || link instanceof UnexpectedRollbackException
                        || SQL && isOfClass40(link));
    }

    private static boolean isOfClass40(Throwable link) {
        return link instanceof SQLException failure
                && failure.getSQLState() != null
                && failure.getSQLState().startsWith("40");
    }

    private static boolean wasIn(String phase, Throwable springs) {
        return Stream.of(Causes.stackTrace(springs))
                .anyMatch(frame -> frame.getMethodName().equals(phase)
                        && frame.getClassName().contains("TransactionManager"));
    }
}
