package dev.retrykit.spring.transaction;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A query for whether the transaction of a connection has written anything. Its result is a number that changes with a
 * write.
 */
enum WriteQuery {

    /**
     * The view of sessions has the same information, but reads all sessions, and fails if another one ends a
     * transaction meanwhile. Locked rows count as written.
     */
    H2("select case when transaction_id() is null then 0 else 1 end", false, "transaction_id() is not null"),

    /**
     * A transaction gets an ID with its first write. A savepoint that was rolled back, and a sequence, count as writes.
     */
    POSTGRESQL(
            "select case when pg_current_xact_id_if_assigned() is null then 0 else 1 end",
            false,
            "pg_current_xact_id_if_assigned() is not null"),

    POSTGRESQL_12(
            "select case when txid_current_if_assigned() is null then 0 else 1 end",
            false,
            "txid_current_if_assigned() is not null"),

    /**
     * Also MariaDB. The number of rows that the session has inserted, updated and deleted: {@code innodb_trx} is a
     * cached view, and {@code @@in_transaction} is set by reading.
     */
    MYSQL(
            "show session status where variable_name in ('Handler_write', 'Handler_update', 'Handler_delete')",
            true,
            null);

    private static final String FAILED_TRANSACTION = "25P02";

    private final String sql;

    /** Whether the number continues across transactions, so that its value at the start must be known. */
    final boolean isCumulative;

    /** The query as a condition in another statement, true after the first write; null if there is none. */
    final @Nullable String condition;

    WriteQuery(String sql, boolean isCumulative, @Nullable String condition) {
        this.sql = sql;
        this.isCumulative = isCumulative;
        this.condition = condition;
    }

    /** Selects the query by the database's product name; null for an unknown database. */
    static @Nullable WriteQuery of(Connection connection) throws SQLException {
        DatabaseMetaData database = connection.getMetaData();
        return switch (database.getDatabaseProductName().toLowerCase(Locale.ROOT)) {
            case "h2" -> H2;
            case "postgresql" -> database.getDatabaseMajorVersion() >= 13 ? POSTGRESQL : POSTGRESQL_12;
            case "mysql", "mariadb" -> MYSQL;
            default -> null;
        };
    }

    /** Executes the query. The value is in the last column. */
    long number(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            int value = rows.getMetaData().getColumnCount();
            long sum = 0;
            while (rows.next()) {
                sum += rows.getLong(value);
            }
            return sum;
        }
    }

    /** Whether an earlier statement of the transaction has failed, so that PostgreSQL can only roll it back. */
    static boolean isDoomed(SQLException failed) {
        return FAILED_TRANSACTION.equals(failed.getSQLState());
    }
}
