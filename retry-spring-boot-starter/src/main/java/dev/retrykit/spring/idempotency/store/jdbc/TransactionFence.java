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
 * Updates the claim right before the commit of a holder's transaction that has written, in that same transaction,
 * provided that this holder still has the claim. Either both are committed or neither is: after a crash, the state of
 * the claim is what happened, and a holder that was paused for longer than its lease is rolled back.
 *
 * <p>Must not throw a {@code TransactionException}, on which a transaction manager does not roll back.
 */
final class TransactionFence implements TransactionExecutionListener {

    private final DataSource dataSource;
    private final CommitListener commits;

    /**
     * Creates the fence of one transaction manager.
     *
     * @param dataSource the data source on which the manager begins transactions
     * @param commits tracks whether transactions have written
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
        for (; held != null; held = held.enclosing()) {
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

    /**
     * Updates the claim.
     *
     * @return whether this holder still has the claim
     */
    private static boolean commit(ActiveClaim held, JdbcStore store, DataSource own, String condition) {
        if (!TransactionSynchronizationManager.hasResource(own)) {
            throw new CommitRefusedException(
                    "The transaction was rolled back, because its manager does not expose its connection, so"
                            + " the idempotent call cannot be tied to it. Configure the manager with a JpaDialect that"
                            + " exposes JDBC connections, such as that of Hibernate.",
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
     * Determines the reason without a query, which would take a second connection while this transaction holds one. A
     * claim cannot be taken over after a transaction of its holder was committed; so if none was, the claim has been
     * taken over.
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
                "The transaction was rolled back, because its isolation level is above READ COMMITTED,"
                        + " and another transaction of the same idempotent call was committed since it began. Use"
                        + " READ COMMITTED, or run the two transactions one after the other.",
                failed);
    }
}
