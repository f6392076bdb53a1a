package dev.retrykit.failures;

import static dev.retrykit.failures.DatabaseErrors.h2;
import static dev.retrykit.failures.DatabaseErrors.hsqldb;
import static dev.retrykit.failures.DatabaseErrors.sqlite;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;
import org.h2.api.ErrorCode;
import org.springframework.jdbc.support.SQLStateSQLExceptionTranslator;
import org.sqlite.SQLiteErrorCode;

/** What the failures of H2, HSQLDB, Derby and SQLite mean, most of them of real databases in this process. */
class EmbeddedDatabasesTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(h2s(), hsqldbs(), derbys(), sqlites(), real()).flatMap(rows -> rows);
    }

    private static Stream<Row> h2s() {
        return Stream.of(
                row("H2: lock timeout", h2(ErrorCode.LOCK_TIMEOUT_1), "transient"),
                row("H2: deadlock", h2(ErrorCode.DEADLOCK_1), "transient"),
                row("H2: concurrent update", h2(ErrorCode.CONCURRENT_UPDATE_1), "transient"),
                row("H2: connection broken", h2(ErrorCode.CONNECTION_BROKEN_1), "transient"),
                row("H2: opened by another process", h2(ErrorCode.DATABASE_ALREADY_OPEN_1), "transient"),
                row("H2: closed", h2(ErrorCode.DATABASE_IS_CLOSED), "transient"),
                row("H2: in exclusive mode", h2(ErrorCode.DATABASE_IS_IN_EXCLUSIVE_MODE), "transient"),
                row("H2: canceled, or timed out", h2(ErrorCode.STATEMENT_WAS_CANCELED), "transient"),
                row("H2: LOB closed on timeout", h2(ErrorCode.LOB_CLOSED_ON_TIMEOUT_1), "transient"),
                row("H2: out of memory", h2(ErrorCode.OUT_OF_MEMORY), "throttled"),
                row("H2: duplicate key", h2(ErrorCode.DUPLICATE_KEY_1), "answered"),
                row("H2: no such table", h2(ErrorCode.TABLE_OR_VIEW_NOT_FOUND_1), "answered"),
                row("H2: no such database", h2(ErrorCode.DATABASE_NOT_FOUND_WITH_IF_EXISTS_1), "answered"),
                row("H2: sequence exhausted", h2(ErrorCode.SEQUENCE_EXHAUSTED), "answered"),
                row("H2: wrong password", h2(ErrorCode.WRONG_USER_OR_PASSWORD), "neutral"),
                row("H2: not enough rights", h2(ErrorCode.NOT_ENOUGH_RIGHTS_FOR_1), "neutral"),
                row("H2: called at shutdown of the JVM", h2(ErrorCode.DATABASE_CALLED_AT_SHUTDOWN), "neutral"),
                row("H2: object already closed", h2(ErrorCode.OBJECT_CLOSED), "neutral"),
                row("H2: file corrupted", h2(ErrorCode.FILE_CORRUPTED_1), "permanent"),
                row("H2: general error", h2(ErrorCode.GENERAL_ERROR_1), "unknown"));
    }

    private static Stream<Row> hsqldbs() {
        return Stream.of(
                row("HSQLDB: serialization failure", hsqldb(org.hsqldb.error.ErrorCode.X_40001), "transient"),
                row("HSQLDB: connection lost", hsqldb(org.hsqldb.error.ErrorCode.X_08006), "transient"),
                row(
                        "HSQLDB: opened by another process",
                        hsqldb(org.hsqldb.error.ErrorCode.LOCK_FILE_ACQUISITION_FAILURE),
                        "transient"),
                row(
                        "HSQLDB: a parameter isn't set",
                        new SQLStateSQLExceptionTranslator()
                                .translate("update", null, hsqldb(org.hsqldb.error.ErrorCode.JDBC_PARAMETER_NOT_SET)),
                        "neutral"),
                row("HSQLDB: duplicate key", hsqldb(org.hsqldb.error.ErrorCode.X_23505), "answered"),
                row(
                        "HSQLDB: no such object, or no right to it",
                        hsqldb(org.hsqldb.error.ErrorCode.X_42501),
                        "answered"),
                row("HSQLDB: wrong password", hsqldb(org.hsqldb.error.ErrorCode.X_28000), "neutral"));
    }

    private static Stream<Row> derbys() {
        return Stream.of(
                row("Derby: lock timeout", derby(30_000, "40XL1"), "transient"),
                row("Derby: deadlock", derby(30_000, "40001"), "transient"),
                row("Derby: opened by another process", derby(45_000, "XSDB6"), "transient"),
                row("Derby: canceled or timed out", derby(20_000, "XCL52"), "transient"),
                row("Derby: table exists", derby(20_000, "X0Y32"), "answered"),
                row("Derby: no permission", derby(30_000, "42502"), "neutral"));
    }

    private static Stream<Row> sqlites() {
        return Stream.of(
                row("SQLite: busy", sqlite(SQLiteErrorCode.SQLITE_BUSY), "transient"),
                row("SQLite: snapshot is busy", sqlite(SQLiteErrorCode.SQLITE_BUSY_SNAPSHOT), "transient"),
                row("SQLite: locked", sqlite(SQLiteErrorCode.SQLITE_LOCKED), "transient"),
                row("SQLite: schema changed", sqlite(SQLiteErrorCode.SQLITE_SCHEMA), "transient"),
                row("SQLite: disk is full", sqlite(SQLiteErrorCode.SQLITE_FULL), "throttled"),
                row("SQLite: unique constraint", sqlite(SQLiteErrorCode.SQLITE_CONSTRAINT_UNIQUE), "answered"),
                row("SQLite: SQL error", sqlite(SQLiteErrorCode.SQLITE_ERROR), "answered"),
                row("SQLite: interrupted", sqlite(SQLiteErrorCode.SQLITE_INTERRUPT), "neutral"),
                row("SQLite: corrupt", sqlite(SQLiteErrorCode.SQLITE_CORRUPT), "permanent"),
                row("SQLite: cannot open", sqlite(SQLiteErrorCode.SQLITE_CANTOPEN), "permanent"));
    }

    private static Stream<Row> real() {
        DriverManager.setLoginTimeout(0); // pools change it, and Derby's first start takes longer
        System.setProperty("derby.stream.error.field", "java.lang.System.err"); // instead of a file
        return Stream.of(
                row(
                        "H2, real: row is locked",
                        locked("jdbc:h2:mem:locks;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=1"),
                        "transient"),
                row("H2, real: duplicate", duplicate("jdbc:h2:mem:duplicates"), "answered"),
                row("HSQLDB, real: duplicate", duplicate("jdbc:hsqldb:mem:book"), "answered"),
                row("Derby, real: duplicate", duplicate("jdbc:derby:memory:book;create=true"), "answered"),
                row("SQLite, real: locked", locked("jdbc:sqlite:file:book?mode=memory&cache=shared"), "transient"),
                row("SQLite, real: duplicate", duplicate("jdbc:sqlite::memory:"), "answered"));
    }

    /** A row that another connection has changed and not committed. */
    private static Exception locked(String url) {
        try (Connection first = DriverManager.getConnection(url);
                Connection second = DriverManager.getConnection(url);
                Statement one = first.createStatement();
                Statement other = second.createStatement()) {
            one.execute("create table stock (id int primary key, amount int)");
            one.execute("insert into stock values (1, 1)");
            first.setAutoCommit(false);
            one.execute("update stock set amount = 2 where id = 1");
            return thrownBy(other, "update stock set amount = 3 where id = 1");
        } catch (SQLException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    private static Exception duplicate(String url) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("create table stock (id int primary key)");
            statement.execute("insert into stock values (1)");
            return thrownBy(statement, "insert into stock values (1)");
        } catch (SQLException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    private static Exception thrownBy(Statement statement, String sql) {
        try {
            statement.execute(sql);
        } catch (SQLException expected) {
            return expected;
        }
        throw new IllegalStateException("Nothing failed.");
    }

    private static SQLException derby(int severity, String state) {
        return DatabaseErrors.by("org.apache.derby.impl.jdbc.SQLExceptionFactory", severity, state);
    }
}
