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
 * Tells whether the transactions of one data source have written anything, by asking the database on the connection of the
 * transaction. Where it can't tell, a transaction has.
 */
final class WriteDetector {

    /** The number of a transaction at whose beginning nobody asked. */
    static final long UNKNOWN = -1;

    private static final Log LOG = LogFactory.getLog(WriteDetector.class);

    private final DataSource dataSource;
    private volatile @Nullable WriteQuery query;

    /** Whether the database was looked at; it may be one that can't tell. */
    private volatile boolean looked;

    private WriteDetector(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Of the data source that a manager begins its transactions on; null if it has none, or doesn't tell. */
    static @Nullable WriteDetector of(Object manager) {
        Method getter = ReflectionUtils.findMethod(manager.getClass(), "getDataSource");
        return getter != null && ReflectionUtils.invokeMethod(getter, manager) instanceof DataSource found
                ? new WriteDetector(found)
                : null;
    }

    /** What is asked on the transaction's connection. */
    @FunctionalInterface
    private interface Question<T> {

        T on(Connection connection) throws SQLException;
    }

    /** The number at the beginning of the thread's transaction; unknown also where no number is needed. */
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
            LOG.debug("Whether a transaction writes can't be asked, so it counts as one that does", failed);
            return UNKNOWN;
        }
    }

    /**
     * Whether the thread's transaction has written anything until now. What JPA has yet to write is sent first. A
     * transaction that can only be rolled back hasn't, and neither has one without a connection.
     *
     * @param atBegin the number at its beginning
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
            LOG.debug("Whether a transaction has written can't be asked, so it counts as one that has", failed);
            return !WriteQuery.isDoomed(failed);
        }
    }

    /**
     * The condition of an SQL statement that is true if the thread's transaction has written anything before it. What JPA
     * has yet to write is sent first. Null if it isn't known yet whether the database understands it.
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

    /** Looks once what database it is. */
    private @Nullable WriteQuery query(Connection connection) throws SQLException {
        if (!looked) {
            WriteQuery found = WriteQuery.of(connection);
            query = found != null && answers(found, connection) ? found : null;
            looked = true;
        }
        return query;
    }

    /** Databases that speak PostgreSQL's protocol may not have its functions, and a failed question dooms a transaction. */
    private static boolean answers(WriteQuery asked, Connection connection) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            asked.number(connection);
        } catch (SQLException failed) {
            connection.rollback(before);
            LOG.debug(
                    "The database can't tell whether a transaction has written, so each counts as one that has",
                    failed);
            return false;
        }
        connection.releaseSavepoint(before);
        return true;
    }
}
