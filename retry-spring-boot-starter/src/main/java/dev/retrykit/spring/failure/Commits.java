package dev.retrykit.spring.failure;

import dev.retrykit.event.RetryStopped;
import dev.retrykit.failure.Causes;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
 *
 * <p>Some managers roll back after a failed commit: {@code JdbcTransactionManager} and reactive ones. If the rollback fails
 * too, only its failure is thrown, without the commit's. A reactive rollback for any other reason has that reason among
 * its suppressed failures.
 */
final class Commits {

    /** {@code java.sql} may be missing from a small run-time image. */
    private static final boolean SQL = ClassUtils.isPresent("java.sql.SQLException", null);

    private static final String ROLLBACK_AFTER_COMMIT = "doRollbackOnCommitException";
    private static final int DEEPEST = 50;
    private static final Set<String> R2DBC_FAILURE = Set.of("io.r2dbc.spi.R2dbcException");
    private static final Set<String> R2DBC_ROLLBACK = Set.of("io.r2dbc.spi.R2dbcRollbackException");

    private Commits() {}

    /** Whether an exception may be from a commit, a rollback or a statement: a cheap check for all other failures. */
    static boolean concerns(Throwable link) {
        return isSprings(link) || link.getClass() == RuntimeException.class;
    }

    /** Whether an exception is from a commit, or may have replaced that of a commit. */
    static boolean failed(Throwable link) {
        return isSprings(link) ? isOfCommit(link) : isOfReactorsCleanup(link);
    }

    /**
     * The reason why a transaction was rolled back, if the rollback failed too.
     *
     * @return null if there was no such rollback, or if it may have followed a failed commit
     */
    static @Nullable Throwable reasonOfRollback(Throwable failure) {
        Throwable link = failure;
        for (int depth = 0; link != null && depth < DEEPEST; depth++) {
            if (link instanceof TransactionSystemException system && system.getApplicationException() != null) {
                return wasIn("doCommit", link) ? null : system.getApplicationException();
            }
            if (isSprings(link) && isReactiveRollback(link)) {
                return suppressedReason(link);
            }
            link = Causes.causeOf(link);
        }
        return null;
    }

    /**
     * Whether the commit was never sent, because Hibernate failed to flush its changes before it. If the rollback fails
     * too, only its failure is thrown. Hibernate rolls back only once, so after a commit that was sent, Spring's rollback
     * does not reach the connection.
     */
    static boolean neverSent(Throwable failure) {
        return wasInHibernate("flushBeforeTransactionCompletion", failure)
                || wasInHibernate("rollback", failure)
                        && Causes.anyMatch(failure, link -> wasIn(ROLLBACK_AFTER_COMMIT, link));
    }

    private static boolean wasInHibernate(String method, Throwable failure) {
        return Causes.anyMatch(
                failure,
                link -> Stream.of(Causes.stackTrace(link))
                        .anyMatch(frame -> frame.getMethodName().equals(method)
                                && frame.getClassName().startsWith("org.hibernate.")));
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
        if (springs instanceof HeuristicCompletionException) {
            return true;
        }
        if (wasIn("doCommit", springs) || wasIn(ROLLBACK_AFTER_COMMIT, springs)) {
            return !neverSent(springs);
        }
        if (springs instanceof TransactionSystemException system) {
            return system.getApplicationException() == null && !wasIn("doRollback", springs);
        }
        return says(springs, "R2DBC commit") || isReactiveRollback(springs) && suppressedReason(springs) == null;
    }

    private static boolean isReactiveRollback(Throwable springs) {
        return says(springs, "R2DBC rollback");
    }

    private static boolean says(Throwable springs, String beginning) {
        return StringUtils.startsWithIgnoreCase(Causes.message(springs), beginning);
    }

    private static @Nullable Throwable suppressedReason(Throwable rollback) {
        return Stream.of(rollback.getSuppressed())
                .filter(suppressed -> !isMark(suppressed))
                .findFirst()
                .orElse(null);
    }

    /** Whether a suppressed exception only shows where a failure passed: Reactor's, and this library's. */
    private static boolean isMark(Throwable suppressed) {
        String type = suppressed.getClass().getName();
        return type.startsWith("reactor.")
                || suppressed instanceof RetryStopped
                || type.equals("java.lang.Exception") && says(suppressed, "#block");
    }

    /**
     * Whether the work on an R2DBC connection was done and the publisher after it, usually a commit, failed. Reactor
     * throws this from {@code usingWhen}.
     */
    private static boolean isOfReactorsCleanup(Throwable link) {
        return link.getClass() == RuntimeException.class
                && says(link, "Async resource cleanup failed after onComplete")
                && Causes.anyMatch(link, cause -> TypeNames.isOneOf(cause, R2DBC_FAILURE));
    }

    /**
     * Whether the transaction was rolled back completely: SQLState class 40, or a Spring exception that means the same.
     */
    static boolean isRolledBack(List<Throwable> chain) {
        return chain.stream()
                .anyMatch(link -> link instanceof ConcurrencyFailureException
                        || link instanceof UnexpectedRollbackException
                        || TypeNames.isOneOf(link, R2DBC_ROLLBACK)
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
