package dev.retrykit.failures;

import static dev.retrykit.failures.DatabaseErrors.mariadb;
import static dev.retrykit.failures.DatabaseErrors.mysql;
import static dev.retrykit.failures.DatabaseErrors.oracle;
import static dev.retrykit.failures.DatabaseErrors.postgres;
import static dev.retrykit.failures.DatabaseErrors.sqlServer;

import java.net.ConnectException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.support.EncodedResource;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.EmptyResultDataAccessException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.dao.PermissionDeniedDataAccessException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.dao.TypeMismatchDataAccessException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.InvalidResultSetAccessException;
import org.springframework.jdbc.LobRetrievalFailureException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.datasource.init.CannotReadScriptException;
import org.springframework.jdbc.datasource.init.ScriptParseException;
import org.springframework.jdbc.datasource.init.ScriptStatementFailedException;
import org.springframework.jdbc.datasource.lookup.DataSourceLookupFailureException;
import org.springframework.jdbc.support.SQLErrorCodeSQLExceptionTranslator;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import org.springframework.jdbc.support.SQLStateSQLExceptionTranslator;

/** What Spring's translations of JDBC mean: what the database said decides, and only then Spring's type. */
class SpringDataAccessTests extends BookTests {

    private static final EncodedResource SCRIPT = new EncodedResource(new ByteArrayResource(new byte[0]));

    static Stream<Row> rows() {
        return Stream.of(translated(), byCode(), types(), typesWithCauses(), wrapped())
                .flatMap(rows -> rows);
    }

    /** By each of Spring's three translators. */
    private static Stream<Row> translated() {
        return Stream.of(
                        row("57P01", postgres("57P01"), "transient"),
                        row("57P03", postgres("57P03"), "transient"),
                        row("53300", postgres("53300"), "throttled"),
                        row("55P03", postgres("55P03"), "transient"),
                        row("40001", postgres("40001"), "transient"),
                        row("40003", postgres("40003"), "unknown-effect"),
                        row("08006", postgres("08006"), "transient"),
                        row("08007", postgres("08007"), "unknown-effect"),
                        row("57014", postgres("57014"), "transient"),
                        row("23505", postgres("23505"), "answered"),
                        row("42601", postgres("42601"), "answered"),
                        row("42501", postgres("42501"), "neutral"),
                        row("28P01", postgres("28P01"), "neutral"),
                        row("MySQL 1040", mysql(1040, "08004"), "throttled"),
                        row("MySQL 1205", mysql(1205, "HY000"), "transient"),
                        row("MySQL 1290", mysql(1290, "HY000"), "transient"),
                        row("MySQL 1062", mysql(1062, "23000"), "answered"),
                        row("MariaDB 1644", mariadb(1644, "45000"), "answered"),
                        row("SQL Server 40501", sqlServer(40501), "throttled"),
                        row("SQL Server 40613", sqlServer(40613), "transient"),
                        row("SQL Server 2627", sqlServer(2627), "answered"),
                        row("Oracle 12516", oracle(12516), "throttled"),
                        row("Oracle 54", oracle(54), "transient"),
                        row("Oracle 1017", oracle(1017), "neutral"))
                .flatMap(row -> Stream.of(
                        translated(row, new SQLExceptionSubclassTranslator()),
                        translated(row, new SQLStateSQLExceptionTranslator())));
    }

    private static Stream<Row> byCode() {
        return Stream.of(
                code("MySQL", mysql(1213, "40001"), "transient"),
                code("MySQL", mysql(1205, "HY000"), "transient"),
                code("MySQL", mysql(1062, "23000"), "answered"),
                code("MySQL", mysql(1040, "08004"), "throttled"),
                code("PostgreSQL", postgres("53300"), "throttled"),
                code("PostgreSQL", postgres("57P01"), "transient"),
                code("PostgreSQL", postgres("21000"), "answered"),
                code("MS-SQL", sqlServer(1222), "transient"),
                code("MS-SQL", sqlServer(4060), "transient"),
                code("MS-SQL", sqlServer(229), "neutral"),
                code("Oracle", oracle(60), "transient"),
                code("Oracle", oracle(17002), "transient"),
                code("Oracle", oracle(1), "answered"));
    }

    private static Stream<Row> types() {
        return Stream.of(
                row("a type alone: transient resource", new TransientDataAccessResourceException("?"), "transient"),
                row("a type alone: query timeout", new QueryTimeoutException("?"), "transient"),
                row("a type alone: optimistic lock", new OptimisticLockingFailureException("?"), "transient"),
                row("a type alone: lock", new CannotAcquireLockException("?"), "transient"),
                row("a type alone: recoverable", new RecoverableDataAccessException("?"), "transient"),
                row("a type alone: no connection", new CannotGetJdbcConnectionException("?"), "transient"),
                row("a type alone: integrity", new DataIntegrityViolationException("?"), "answered"),
                row("a type alone: duplicate key", new DuplicateKeyException("?"), "answered"),
                row("a type alone: empty result", new EmptyResultDataAccessException(1), "answered"),
                row("a type alone: type mismatch", new TypeMismatchDataAccessException("?"), "answered"),
                row("a type alone: wrong use", new InvalidDataAccessApiUsageException("?"), "neutral"),
                row("a type alone: permission", new PermissionDeniedDataAccessException("?", null), "neutral"),
                row("a type alone: resource", new DataAccessResourceFailureException("?"), "unknown"),
                row(
                        "a type alone: non-transient resource",
                        new NonTransientDataAccessResourceException("?"),
                        "unknown"),
                row("no such data source", new DataSourceLookupFailureException("?"), "neutral"),
                row("script can't be parsed", new ScriptParseException("?", SCRIPT), "neutral"),
                row("script can't be read", new CannotReadScriptException(SCRIPT, null), "neutral"),
                row(
                        "no such column in the result",
                        new InvalidResultSetAccessException(new SQLException("?")),
                        "neutral"),
                row("LOB can't be read", new LobRetrievalFailureException("?"), "permanent"));
    }

    private static Stream<Row> typesWithCauses() {
        SQLException unclear = new SQLException("?", "HY000");
        return Stream.of(
                row("integrity around 40001", new DataIntegrityViolationException("?", postgres("40001")), "transient"),
                row(
                        "transient around 23505",
                        new TransientDataAccessResourceException("?", postgres("23505")),
                        "answered"),
                row("lock around an unclear state", new CannotAcquireLockException("?", unclear), "transient"),
                row("duplicate around an unclear state", new DuplicateKeyException("?", unclear), "answered"),
                row("no connection: wrong password", noConnection(postgres("28P01")), "neutral"),
                row("no connection: too many clients", noConnection(postgres("53300")), "throttled"),
                row("no connection: no such database", noConnection(postgres("3D000")), "answered"),
                row(
                        "no connection: empty pool",
                        noConnection(new SQLTransientConnectionException("timed out")),
                        "transient"),
                row(
                        "uncategorized around XX000",
                        new UncategorizedSQLException("?", null, postgres("XX000")),
                        "unknown"),
                row(
                        "uncategorized around 58030",
                        new UncategorizedSQLException("?", null, postgres("58030")),
                        "transient"),
                row(
                        "resource around a refusal",
                        new DataAccessResourceFailureException("?", new ConnectException()),
                        "transient"),
                row("bad grammar around 42501", new BadSqlGrammarException("?", "?", postgres("42501")), "neutral"),
                row(
                        "script's statement: 42601",
                        new ScriptStatementFailedException("?", 1, SCRIPT, postgres("42601")),
                        "answered"));
    }

    private static Stream<Row> wrapped() {
        DataAccessException lost = new SQLExceptionSubclassTranslator().translate("query", null, postgres("57P01"));
        BatchUpdateException batch = new BatchUpdateException("Batch entry 1 was aborted", "40P01", 0, new int[0]);
        return Stream.of(
                row("CompletionException around 57P01", new CompletionException(lost), "transient"),
                row("an application's around 57P01", new IllegalStateException("order 7", lost), "transient"),
                row("a batch with a deadlock", new CannotAcquireLockException("?", batch), "transient"));
    }

    private static Row translated(Row row, SQLExceptionTranslator translator) {
        SQLException failure = (SQLException) row.failure();
        DataAccessException translated = translator.translate("query", "select 1", failure);
        Throwable thrown =
                translated == null ? new UncategorizedSQLException("query", "select 1", failure) : translated;
        String name = translator.getClass().getSimpleName() + ": " + row.name();
        return row(name + " as " + thrown.getClass().getSimpleName(), thrown, row.expected());
    }

    private static Row code(String database, SQLException failure, String expected) {
        SQLErrorCodeSQLExceptionTranslator translator = new SQLErrorCodeSQLExceptionTranslator(database);
        return translated(
                row(database + " " + failure.getErrorCode() + " " + failure.getSQLState(), failure, expected),
                translator);
    }

    private static Exception noConnection(SQLException cause) {
        return new CannotGetJdbcConnectionException("Failed to obtain JDBC Connection", cause);
    }
}
