package dev.retrykit.failures;

import static dev.retrykit.failures.DatabaseErrors.postgres;

import jakarta.transaction.HeuristicCommitException;
import jakarta.transaction.HeuristicMixedException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.stream.Stream;
import javax.transaction.xa.XAException;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.HeuristicCompletionException;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.InvalidIsolationLevelException;
import org.springframework.transaction.NestedTransactionNotSupportedException;
import org.springframework.transaction.NoTransactionException;
import org.springframework.transaction.TransactionSuspensionNotSupportedException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.TransactionTimedOutException;
import org.springframework.transaction.UnexpectedRollbackException;

/** What failures of Spring's transactions mean: of their beginning, of their commit, and of rollbacks that failed too. */
class SpringTransactionTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(types(), commits(), rollbacks()).flatMap(rows -> rows);
    }

    private static Stream<Row> types() {
        return Stream.of(
                row("no transaction: no connection", new CannotCreateTransactionException("?"), "transient"),
                row("no transaction: 57P03", new CannotCreateTransactionException("?", postgres("57P03")), "transient"),
                row("no transaction: 53300", new CannotCreateTransactionException("?", postgres("53300")), "throttled"),
                row("no transaction: 28P01", new CannotCreateTransactionException("?", postgres("28P01")), "neutral"),
                row("no nested transactions", new NestedTransactionNotSupportedException("?"), "neutral"),
                row("no suspension", new TransactionSuspensionNotSupportedException("?"), "neutral"),
                row("propagation mandatory", new IllegalTransactionStateException("?"), "neutral"),
                row("isolation level", new InvalidIsolationLevelException("?"), "neutral"),
                row("no transaction in progress", new NoTransactionException("?"), "neutral"),
                row("the transaction's deadline", new TransactionTimedOutException("?"), "transient"),
                row("marked as rollback-only", new UnexpectedRollbackException("?"), "permanent"),
                row(
                        "rollback-only because of 40001",
                        new UnexpectedRollbackException("?", postgres("40001")),
                        "transient"),
                row("heuristic completion", new HeuristicCompletionException(2, null), "unknown-effect"),
                row(
                        "JTA: deadlock",
                        new UnexpectedRollbackException("?", new XAException(XAException.XA_RBDEADLOCK)),
                        "transient"),
                row("JTA: constraint", new XAException(XAException.XA_RBINTEGRITY), "answered"),
                row("JTA: heuristic hazard", new XAException(XAException.XA_HEURHAZ), "unknown-effect"),
                row("JTA: resource manager error", new XAException(XAException.XAER_RMERR), "unknown"),
                row("JTA: mixed", new HeuristicMixedException("?"), "unknown-effect"),
                row("JTA: committed all the same", new HeuristicCommitException("?"), "unknown-effect"));
    }

    private static Stream<Row> commits() {
        return Stream.of(
                row("commit: lost", commit(postgres("08006")), "unknown-effect"),
                row("commit: 57P01", commit(postgres("57P01")), "unknown-effect"),
                row("commit: 40001", commit(postgres("40001")), "transient"),
                row("commit: 40002", commit(postgres("40002")), "answered"),
                row("commit: 23505", commit(postgres("23505")), "answered"),
                row("commit: 40003", commit(postgres("40003")), "unknown-effect"),
                row("commit: no cause", new TransactionSystemException("JDBC commit failed"), "unknown-effect"),
                row(
                        "commit, translated: lost",
                        in("doCommit", new DataAccessResourceFailureException("?", postgres("08006"))),
                        "unknown-effect"),
                row(
                        "commit, translated: conflict",
                        in("doCommit", new OptimisticLockingFailureException("?")),
                        "transient"),
                row(
                        "commit, translated: 55P03",
                        in("doCommit", new CannotAcquireLockException("?", postgres("55P03"))),
                        "transient"),
                row(
                        "commit, translated: integrity",
                        in("doCommit", new DataIntegrityViolationException("?")),
                        "answered"),
                row(
                        "commit, translated: lost in Hibernate's flush",
                        in("doCommit", new DataAccessResourceFailureException("?", inFlush(postgres("08006")))),
                        "transient"),
                row(
                        "commit: its rollback failed too",
                        in("doRollbackOnCommitException", new TransactionSystemException("?", postgres("08003"))),
                        "unknown-effect"),
                row(
                        "R2DBC commit: its rollback failed too",
                        new DataAccessResourceFailureException("R2DBC rollback; ?", postgres("08003")),
                        "unknown-effect"),
                row(
                        "the driver's own commit: lost",
                        new DriversConnection(postgres("08006")).commit(),
                        "unknown-effect"),
                row(
                        "the driver's own commit: 53300",
                        new DriversConnection(postgres("53300")).commit(),
                        "unknown-effect"),
                row("the driver's own commit: 40001", new DriversConnection(postgres("40001")).commit(), "transient"),
                row("the driver's own commit: 23505", new DriversConnection(postgres("23505")).commit(), "answered"),
                row(
                        "the driver's own rollback: lost",
                        new DriversConnection(postgres("08006")).rollback(),
                        "transient"));
    }

    private static Stream<Row> rollbacks() {
        return Stream.of(
                row("rollback failed: because of 57P01", rollback(postgres("57P01")), "transient"),
                row("rollback failed: because of 53300", rollback(postgres("53300")), "throttled"),
                row("rollback failed: because of a duplicate", rollback(new DuplicateKeyException("?")), "answered"),
                row("rollback failed: because of a mistake", rollback(new IllegalArgumentException("sku")), "neutral"),
                row("rollback failed: because of 40003", rollback(postgres("40003")), "unknown-effect"),
                row("rollback failed: because of nothing known", rollback(new IllegalStateException("?")), "transient"),
                row("rollback failed: nothing else", in("doRollback", new TransactionSystemException("?")), "unknown"),
                row("R2DBC rollback failed: because of 55P03", reactive(postgres("55P03")), "transient"),
                row("R2DBC rollback failed: because of a duplicate", reactive(postgres("23505")), "answered"),
                row("R2DBC rollback failed: because of 40003", reactive(postgres("40003")), "unknown-effect"),
                row(
                        "R2DBC rollback failed: because of a lost commit",
                        reactive(new DataAccessResourceFailureException("R2DBC commit; ?", postgres("08006"))),
                        "unknown-effect"),
                row(
                        "R2DBC rollback failed: because of nothing known",
                        reactive(new IllegalStateException("?")),
                        "transient"),
                row(
                        "commit after an exception: lost",
                        commitAfter(new IOException("doesn't roll back")),
                        "unknown-effect"));
    }

    private static Exception commit(SQLException cause) {
        return new TransactionSystemException("JDBC commit failed", cause);
    }

    /** As through HikariCP, which has given up the connection. */
    private static Exception rollback(Throwable reason) {
        TransactionSystemException failure =
                new TransactionSystemException("JDBC rollback failed", new SQLException("Connection is closed"));
        failure.initApplicationException(reason);
        return failure;
    }

    private static Exception reactive(Exception reason) {
        Exception failure = new DataAccessResourceFailureException("R2DBC rollback; ?", postgres("08003"));
        failure.addSuppressed(reason);
        return failure;
    }

    private static SQLException inFlush(SQLException failure) {
        failure.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("org.hibernate.internal.SessionImpl", "flushBeforeTransactionCompletion", null, 1)
        });
        return failure;
    }

    private static Exception commitAfter(Exception reason) {
        TransactionSystemException commit = new TransactionSystemException("JDBC commit failed", postgres("08006"));
        commit.initApplicationException(reason);
        return in("doCommit", commit);
    }

    private static <T extends Throwable> T in(String phase, T failure) {
        failure.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("org.springframework.orm.jpa.JpaTransactionManager", phase, null, 1)
        });
        return failure;
    }

    /** Its name is in the stack trace, as a driver's would be. */
    private record DriversConnection(SQLException failure) {

        SQLException commit() {
            failure.fillInStackTrace();
            return failure;
        }

        SQLException rollback() {
            failure.fillInStackTrace();
            return failure;
        }
    }
}
