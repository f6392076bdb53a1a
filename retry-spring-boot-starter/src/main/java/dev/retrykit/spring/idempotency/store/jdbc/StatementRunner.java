package dev.retrykit.spring.idempotency.store.jdbc;

import dev.retrykit.spring.idempotency.store.BoundedWait;
import dev.retrykit.spring.idempotency.store.Claim;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;

/**
 * Runs statements with auto-commit, on a separate connection or on that of an open session, but never on the connection
 * of the thread's transaction.
 */
final class StatementRunner {

    /** Time after which a connection is closed if its database has become unreachable without notice. */
    private static final int CALLER_MILLIS = 2_000;

    /** The same limit for background work, for which no caller waits. */
    private static final int BACKGROUND_MILLIS = 15_000;

    private final DataSource pool;
    private final ThreadConnections connections;
    private volatile @Nullable Words words;

    StatementRunner(DataSource dataSource) {
        this.pool = pool(dataSource);
        this.connections = new ThreadConnections(dataSource);
    }

    /**
     * Unwraps a proxy that fetches a connection only with the first statement, because the time for getting a
     * connection must be bounded.
     */
    private static DataSource pool(DataSource dataSource) {
        DataSource target =
                dataSource instanceof LazyConnectionDataSourceProxy lazy ? lazy.getTargetDataSource() : null;
        return target == null ? dataSource : pool(target);
    }

    ThreadConnections connections() {
        return connections;
    }

    /** Several statements on one connection. */
    @FunctionalInterface
    interface Work<T> {

        T on(Session session) throws SQLException;
    }

    /** Reads a row. */
    @FunctionalInterface
    interface Reader<T> {

        T read(ResultSet row) throws SQLException;
    }

    /** The statements for the current database. */
    private record Words(Dialect dialect, Map<Sql, String> texts) {

        static Words of(Dialect dialect) {
            Map<Sql, String> texts = new EnumMap<>(Sql.class);
            for (Sql statement : Sql.values()) {
                texts.put(statement, statement.in(dialect));
            }
            return new Words(dialect, texts);
        }

        String text(Sql statement) {
            return Objects.requireNonNull(texts.get(statement));
        }
    }

    /**
     * Runs work on the connection that the thread holds, or on a separate one.
     *
     * @throws SqlException if the database is not reachable, or rejects a statement
     */
    <T> T run(Work<T> work) {
        try {
            Connection held = connections.held();
            return held == null ? onOwn(work, CALLER_MILLIS) : committed(held, work, CALLER_MILLIS);
        } catch (SQLException failed) {
            throw new SqlException(failed);
        }
    }

    /**
     * Runs work that may take long, on a separate connection and a background thread.
     *
     * @throws SqlException if the database is not reachable, or rejects a statement
     */
    <T> T runInBackground(Work<T> work) {
        try {
            return onOwn(work, BACKGROUND_MILLIS);
        } catch (SQLException failed) {
            throw new SqlException(failed);
        }
    }

    private <T> T onOwn(Work<T> work, int millis) throws SQLException {
        try (Connection connection = connection()) {
            return committed(connection, work, millis);
        }
    }

    /** Runs work with auto-commit. A session that has only read loses nothing by that. */
    private <T> T committed(Connection connection, Work<T> work, int millis) throws SQLException {
        boolean commitsAtOnce = connection.getAutoCommit();
        if (!commitsAtOnce) {
            connection.setAutoCommit(true);
        }
        try {
            return bounded(session(connection), millis, work);
        } finally {
            if (!commitsAtOnce && !connection.isClosed()) {
                connection.setAutoCommit(false);
            }
        }
    }

    /**
     * Bounds the wait for a connection: a pool that is exhausted, or whose database is down, may block its callers for
     * long.
     */
    private Connection connection() throws SQLException {
        return BoundedWait.call(pool::getConnection);
    }

    private static <T> T bounded(Session session, int millis, Work<T> work) throws SQLException {
        if (!session.dialect().hasNetworkTimeout) {
            return work.on(session);
        }
        int before = session.connection.getNetworkTimeout();
        if (before > 0 && before <= millis) {
            return work.on(session);
        }
        session.connection.setNetworkTimeout(Runnable::run, millis);
        try {
            return work.on(session);
        } finally {
            if (!session.connection.isClosed()) {
                session.connection.setNetworkTimeout(Runnable::run, before);
            }
        }
    }

    /** Returns a session on a connection that another component opens, closes and commits. */
    Session session(Connection connection) throws SQLException {
        Words known = words;
        if (known == null) {
            known = Words.of(Dialect.of(connection.getMetaData().getDatabaseProductName()));
            words = known;
        }
        return new Session(connection, known);
    }

    /** A failure of the database. */
    static final class SqlException extends RuntimeException {

        private static final long serialVersionUID = 1;

        SqlException(SQLException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** A connection with the statements for its database. */
    static final class Session {

        private final Connection connection;
        private final Words words;

        private Session(Connection connection, Words words) {
            this.connection = connection;
            this.words = words;
        }

        Dialect dialect() {
            return words.dialect();
        }

        /**
         * Runs an update.
         *
         * @return the number of changed rows
         */
        int update(Sql statement, @Nullable Object... arguments) throws SQLException {
            try (PreparedStatement prepared = prepare(statement, arguments)) {
                return prepared.executeUpdate();
            }
        }

        /**
         * Ties a claim to the transaction of the connection.
         *
         * @param condition the end of the statement: empty, or {@code and} with a condition
         * @return the number of changed rows
         */
        int fence(String condition, Claim claim) throws SQLException {
            String text = words.text(Sql.FENCE) + condition;
            try (PreparedStatement prepared = prepare(text, longestWaitSeconds(Sql.FENCE), claim.id(), claim.owner())) {
                return prepared.executeUpdate();
            }
        }

        /** Returns the first row; null if there is none. */
        <T> @Nullable T first(Sql statement, Reader<T> reader, Object... arguments) throws SQLException {
            try (PreparedStatement prepared = prepare(statement, arguments);
                    ResultSet rows = prepared.executeQuery()) {
                return rows.next() ? reader.read(rows) : null;
            }
        }

        PreparedStatement prepare(Sql statement, @Nullable Object... arguments) throws SQLException {
            return prepare(words.text(statement), longestWaitSeconds(statement), arguments);
        }

        private PreparedStatement prepare(String text, int seconds, @Nullable Object... arguments) throws SQLException {
            PreparedStatement prepared = connection.prepareStatement(text);
            try {
                if (seconds > 0) {
                    prepared.setQueryTimeout(seconds);
                }
                for (int i = 0; i < arguments.length; i++) {
                    set(prepared, i + 1, arguments[i]);
                }
                return prepared;
            } catch (SQLException failed) {
                prepared.close();
                throw failed;
            }
        }

        /**
         * Returns the query timeout in seconds, zero for none. No other transaction locks a holder's own row for long.
         * When a query timeout expires, PostgreSQL's driver asks the server to cancel the statement, and waits ten
         * seconds for an unreachable server.
         */
        private int longestWaitSeconds(Sql statement) {
            Dialect dialect = words.dialect();
            boolean isBoundedByNetwork =
                    dialect.hasNetworkTimeout && (statement == Sql.COMPLETE || statement == Sql.RELEASE);
            return isBoundedByNetwork || dialect.keepsQueryTimeout ? 0 : statement.longestWaitSeconds();
        }

        private static void set(PreparedStatement prepared, int index, @Nullable Object argument) throws SQLException {
            if (argument instanceof Long number) {
                prepared.setLong(index, number);
            } else if (argument instanceof String text) {
                prepared.setString(index, text);
            } else {
                prepared.setBytes(index, (byte[]) argument);
            }
        }
    }
}
