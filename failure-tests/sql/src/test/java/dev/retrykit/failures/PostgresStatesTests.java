package dev.retrykit.failures;

import static dev.retrykit.failures.DatabaseErrors.postgres;

import java.net.SocketException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/** What the states of PostgreSQL's appendix A mean, thrown by its driver, and those of databases that speak its protocol. */
class PostgresStatesTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(transients(), throttled(), answers(), others(), cockroach(), driversOwn())
                .flatMap(rows -> rows);
    }

    private static Stream<Row> transients() {
        return Stream.of(
                state("57P01", "terminating connection due to administrator command", "transient"),
                state("57P02", "terminating connection because of crash of another server process", "transient"),
                state("57P03", "the database system is starting up", "transient"),
                state("57P05", "terminating connection due to idle-session timeout", "transient"),
                state("57000", "operator intervention", "transient"),
                state("57014", "canceling statement due to statement timeout", "transient"),
                state("25P03", "terminating connection due to idle-in-transaction timeout", "transient"),
                state("25006", "cannot execute INSERT in a read-only transaction", "transient"),
                state("26000", "prepared statement \"S_1\" does not exist", "transient"),
                state("40000", "transaction rollback", "transient"),
                state("40001", "could not serialize access due to concurrent update", "transient"),
                state("40P01", "deadlock detected", "transient"),
                state("55P03", "could not obtain lock on row in relation", "transient"),
                state("55006", "database is being accessed by other users", "transient"),
                state("55000", "object not in prerequisite state", "transient"),
                state("58000", "system error", "transient"),
                state("58030", "could not read block", "transient"),
                state("08000", "connection exception", "transient"),
                state("08001", "could not connect to server", "transient"),
                state("08003", "connection does not exist", "transient"),
                state("08004", "server rejected the connection", "transient"),
                state("08006", "connection failure", "transient"),
                state("08P01", "query_wait_timeout", "transient"),
                state("HV00N", "fdw unable to establish connection", "transient"));
    }

    private static Stream<Row> throttled() {
        return Stream.of(
                state("53000", "insufficient resources", "throttled"),
                state("53100", "could not extend file: no space left on device", "throttled"),
                state("53200", "out of shared memory", "throttled"),
                state("53300", "sorry, too many clients already", "throttled"),
                state("53400", "configuration limit exceeded", "throttled"),
                state("53999", "of the same class", "throttled"),
                state("HV001", "fdw out of memory", "throttled"));
    }

    private static Stream<Row> answers() {
        return Stream.of(
                state("02000", "no data", "answered"),
                state("09000", "triggered action exception", "answered"),
                state("0A000", "feature not supported", "answered"),
                state("0LP01", "invalid grant operation", "answered"),
                state("20000", "case not found", "answered"),
                state("21000", "more than one row returned by a subquery", "answered"),
                state("22001", "value too long for type character varying(3)", "answered"),
                state("22P02", "invalid input syntax for type integer", "answered"),
                state("23502", "null value violates not-null constraint", "answered"),
                state("23505", "duplicate key value violates unique constraint", "answered"),
                state("23P01", "conflicting key value violates exclusion constraint", "answered"),
                state("27000", "triggered data change violation", "answered"),
                state("2BP01", "other objects depend on it", "answered"),
                state("2F005", "function executed no return statement", "answered"),
                state("38001", "containing SQL not permitted", "answered"),
                state("3D000", "database \"tenant7\" does not exist", "answered"),
                state("3F000", "schema does not exist", "answered"),
                state("40002", "deferred constraint", "answered"),
                state("42601", "syntax error", "answered"),
                state("42P01", "relation does not exist", "answered"),
                state("44000", "new row violates check option", "answered"),
                state("54001", "stack depth limit exceeded", "answered"),
                state("55P02", "parameter cannot be changed now", "answered"),
                state("P0001", "raised by a function: out of stock", "answered"),
                state("P0002", "query returned no rows", "answered"),
                state("P0004", "assertion failed", "answered"));
    }

    private static Stream<Row> others() {
        return Stream.of(
                state("08007", "transaction resolution unknown", "unknown-effect"),
                state("28000", "no pg_hba.conf entry", "neutral"),
                state("28P01", "password authentication failed", "neutral"),
                state("42501", "permission denied for table", "neutral"),
                state("03000", "statement not yet complete", "neutral"),
                state("24000", "invalid cursor state", "neutral"),
                state("25001", "cannot run inside a transaction block", "neutral"),
                state("25P01", "there is no transaction in progress", "neutral"),
                state("34000", "cursor does not exist", "neutral"),
                state("3B001", "savepoint does not exist", "neutral"),
                state("57P04", "database was dropped", "permanent"),
                state("58P01", "could not open file", "permanent"),
                state("XX001", "invalid page in block", "permanent"),
                state("25P02", "current transaction is aborted", "unknown"),
                state("72000", "snapshot too old", "unknown"),
                state("XX000", "cache lookup failed", "unknown"),
                state("XX000", "tuple concurrently updated", "transient"),
                state("0A000", "cached plan must not change result type", "transient"));
    }

    private static Stream<Row> cockroach() {
        return Stream.of(
                state("40001", "restart transaction: TransactionRetryWithProtoRefreshError", "transient"),
                state("40003", "result is ambiguous: error=rpc error", "unknown-effect"),
                state("XXA00", "transaction committed but schema change aborted", "unknown-effect"),
                state("58C00", "replica unavailable", "transient"),
                state("58C01", "internal connection failure", "transient"),
                state("42C01", "file already exists", "answered"),
                state("XXUUU", "uncategorized", "unknown"));
    }

    private static Stream<Row> driversOwn() {
        SQLException lost = new PSQLException(
                "An I/O error occurred while sending to the backend.",
                PSQLState.CONNECTION_FAILURE,
                new SocketException("Connection reset"));
        BatchUpdateException batch = new BatchUpdateException("Batch entry 0 was aborted", new int[0]);
        batch.setNextException(postgres("40001"));
        SQLException failed = postgres("25P02", "current transaction is aborted");
        failed.initCause(postgres("23505"));
        return Stream.of(
                row("PgJDBC: connection lost", lost, "transient"),
                row("PgJDBC: closed", new PSQLException("closed", PSQLState.CONNECTION_DOES_NOT_EXIST), "transient"),
                row(
                        "PgJDBC: no primary among the hosts",
                        new PSQLException("?", PSQLState.CONNECTION_UNABLE_TO_CONNECT),
                        "transient"),
                row("PgJDBC: an update returns rows", new PSQLException("?", PSQLState.TOO_MANY_RESULTS), "neutral"),
                row("PgJDBC: a failure that came before is the cause", failed, "answered"),
                row("PgJDBC: batch, only the next exception tells", batch, "transient"),
                row(
                        "an application's exception around 57P01",
                        new IllegalStateException(postgres("57P01")),
                        "transient"),
                row("ExecutionException around 53300", new ExecutionException(postgres("53300")), "throttled"));
    }

    private static Row state(String state, String message, String expected) {
        return row("PostgreSQL " + state + ": " + message, postgres(state, message), expected);
    }
}
