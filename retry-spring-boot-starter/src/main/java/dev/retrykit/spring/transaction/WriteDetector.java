package dev.retrykit.spring.transaction;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import javax.sql.DataSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ReflectionUtils;

/**
 * Detects whether a transaction of a data source has written anything, by a query on its connection. If that is
 * unknown, the transaction counts as one that has written.
 */
final class WriteDetector {

    /** The number of a transaction that was not queried at its start. */
    static final long UNKNOWN = -1;

    private static final Log LOG = LogFactory.getLog(WriteDetector.class);

    private final DataSource dataSource;
    private volatile @Nullable WriteQuery query;

    /** Whether the database has been identified; it may have no query. */
    private volatile boolean looked;

    private WriteDetector(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** The detector for a manager's data source; null if it has none, or does not expose it. */
    static @Nullable WriteDetector of(Object manager) {
        Method getter = ReflectionUtils.findMethod(manager.getClass(), "getDataSource");
        return getter != null && ReflectionUtils.invokeMethod(getter, manager) instanceof DataSource found
                ? new WriteDetector(found)
                : null;
    }

    /** A query on the transaction's connection. */
    @FunctionalInterface
    private interface Question<T> {

        T on(Connection connection) throws SQLException;
    }

    /** The number at the start of the thread's transaction; unknown also if no number is needed. */
    long atBegin() {
        WriteQuery asked = query;
        boolean needsNone = looked && (asked == null || !asked.isCumulative);
        if (needsNone || !FetchedConnection.isThere(dataSource)) {
            return UNKNOWN;
        }
        try {
            return ask(connection -> {
                WriteQuery known = query(connection);
                return known != null && known.isCumulative ? known.number(connection) : UNKNOWN;
            });
        } catch (SQLException failed) {
            LOG.debug("Cannot check whether a transaction writes, so it counts as one that does", failed);
            return UNKNOWN;
        }
    }

    /**
     * Whether the thread's transaction has written anything so far. Flushes pending JPA changes first. False for a
     * transaction that can only be rolled back, and for one without a connection.
     *
     * @param atBegin the number at its start
     */
    boolean hasWritten(long atBegin) {
        if (!TransactionSynchronizationManager.hasResource(dataSource)) {
            return true;
        }
        if (!FetchedConnection.isThere(dataSource)) {
            PendingEntities.flush();
            if (!FetchedConnection.isThere(dataSource)) {
                return false;
            }
        }
        try {
            return ask(connection -> isWritten(connection, atBegin));
        } catch (SQLException failed) {
            LOG.debug("Cannot check whether a transaction has written, so it counts as one that has", failed);
            return !WriteQuery.isDoomed(failed);
        }
    }

    /**
     * An SQL condition that is true if the thread's transaction has written anything before the statement. Flushes
     * pending JPA changes first. Null until the database is known to support the condition.
     */
    @Nullable
    String condition() {
        WriteQuery known = query;
        if (known == null || known.condition == null || !FetchedConnection.isThere(dataSource)) {
            return null;
        }
        PendingEntities.flush();
        return known.condition;
    }

    private boolean isWritten(Connection connection, long atBegin) throws SQLException {
        WriteQuery known = query(connection);
        if (known == null || known.isCumulative && atBegin == UNKNOWN) {
            return true;
        }
        PendingEntities.flush();
        return known.number(connection) != (known.isCumulative ? atBegin : 0);
    }

    private <T> T ask(Question<T> question) throws SQLException {
        Connection connection = DataSourceUtils.getConnection(dataSource);
        try {
            return question.on(connection);
        } finally {
            DataSourceUtils.releaseConnection(connection, dataSource);
        }
    }

    /** Identifies the database, once. */
    private @Nullable WriteQuery query(Connection connection) throws SQLException {
        if (!looked) {
            WriteQuery found = WriteQuery.of(connection);
            query = found != null && answers(found, connection) ? found : null;
            looked = true;
        }
        return query;
    }

    /**
     * Checks that the query works, in a savepoint: databases with PostgreSQL's protocol may lack its functions, and a
     * failed statement would abort the transaction.
     */
    private static boolean answers(WriteQuery asked, Connection connection) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            asked.number(connection);
        } catch (SQLException failed) {
            connection.rollback(before);
            LOG.debug(
                    "The database cannot report whether a transaction has written, so each counts as one that has",
                    failed);
            return false;
        }
        connection.releaseSavepoint(before);
        return true;
    }
}
