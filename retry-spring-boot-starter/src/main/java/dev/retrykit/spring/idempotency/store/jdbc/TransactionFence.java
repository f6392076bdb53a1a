package dev.retrykit.spring.idempotency.store.jdbc;

import dev.retrykit.RetryContext;
import dev.retrykit.spring.idempotency.ActiveClaim;
import dev.retrykit.spring.idempotency.ClaimLostException;
import dev.retrykit.spring.transaction.CommitListener;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.support.SQLStateSQLExceptionTranslator;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Right before a transaction of a holder that has written is committed, the same transaction updates the claim, on condition that
 * it is still this holder's. So either both are committed or neither is: after a crash, what stands in the claim is what
 * happened, and who was away for longer than the lease is rolled back.
 *
 * <p>What it throws must be no {@code TransactionException}: on one of those a transaction manager doesn't roll back.
 */
final class TransactionFence implements TransactionExecutionListener {

    private final DataSource dataSource;
    private final CommitListener commits;

    /**
     * Of one transaction manager.
     *
     * @param dataSource the one that it begins transactions on
     * @param commits knows whether they have written anything
     */
    TransactionFence(DataSource dataSource, CommitListener commits) {
        this.dataSource = dataSource;
        this.commits = commits;
    }

    @Override
    public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
        if (failure == null && ActiveClaim.onThisThread() != null) {
            commits.began(transaction);
        }
    }

    @Override
    public void beforeCommit(TransactionExecution transaction) {
        ActiveClaim held = ActiveClaim.onThisThread();
        if (held == null || !transaction.isNewTransaction() || transaction.isReadOnly()) {
            return;
        }
        for (; held != null; held = held.outer()) {
            if (held.store() instanceof JdbcStore store && store.uses(dataSource)) {
                fence(held, store, transaction);
            }
        }
    }

    private void fence(ActiveClaim held, JdbcStore store, TransactionExecution transaction) {
        if (commits.changesIfWritten(transaction, condition -> commit(held, store, dataSource, condition))) {
            held.fenced();
            RetryContext.current().ifPresent(attempt -> attempt.onRepeat(held.repeat()));
        } else if (commits.hasWritten(transaction)) {
            held.lost();
            throw new ClaimLostException(held.claim());
        } else {
            held.read();
        }
    }

    /** Whether the claim is still this holder's. */
    private static boolean commit(ActiveClaim held, JdbcStore store, DataSource own, String condition) {
        if (!TransactionSynchronizationManager.hasResource(own)) {
            throw new CommitRefusedException(
                    "The transaction was rolled back: its connection isn't known outside of its manager, so its idempotent"
                            + " call can't be tied to it. Let the manager use a JpaDialect that exposes JDBC connections,"
                            + " as Hibernate's does.",
                    null);
        }
        Connection connection = DataSourceUtils.getConnection(own);
        try {
            return store.steps().session(connection).fence(condition, held.claim()) == 1;
        } catch (SQLException failed) {
            if (CommitListener.isDoomed(failed)) {
                return false;
            }
            throw refused(held, failed);
        } finally {
            DataSourceUtils.releaseConnection(connection, own);
        }
    }

    /**
     * Nobody is asked whose the claim is now: that would take a second connection while this transaction holds one. A claim
     * can't be taken over after a transaction of its holder was committed, so before one it was.
     */
    private static RuntimeException refused(ActiveClaim held, SQLException failed) {
        if (!JdbcFailures.isChangedSince(failed)) {
            RuntimeException translated = new SQLStateSQLExceptionTranslator()
                    .translate("updating the claim of an idempotent call", null, failed);
            return translated == null ? new StatementRunner.SqlException(failed) : translated;
        }
        if (!held.isFenced()) {
            held.lost();
            return new ClaimLostException(held.claim());
        }
        return new CommitRefusedException(
                "The transaction was rolled back: its isolation level is above READ COMMITTED, and another transaction of"
                        + " the same idempotent call was committed since it began. Use READ COMMITTED, or let the two"
                        + " follow each other.",
                failed);
    }
}
