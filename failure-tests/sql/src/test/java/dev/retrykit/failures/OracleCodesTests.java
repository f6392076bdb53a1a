package dev.retrykit.failures;

import static dev.retrykit.failures.DatabaseErrors.oracle;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.stream.Stream;
import oracle.jdbc.OracleDatabaseException;

/** What the codes of Oracle mean, with the states and types that its driver gives them. */
class OracleCodesTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(conflicts(), instances(), networks(), limits(), answers(), others())
                .flatMap(rows -> rows);
    }

    private static Stream<Row> conflicts() {
        return Stream.of(
                error(51, "timeout occurred while waiting for a resource", "transient"),
                error(54, "resource busy and acquire with NOWAIT specified", "transient"),
                error(60, "deadlock detected", "transient"),
                error(104, "deadlock detected; all public servers blocked", "transient"),
                error(1555, "snapshot too old", "transient"),
                error(2049, "distributed transaction waiting for lock", "transient"),
                error(4021, "timeout waiting to lock object", "transient"),
                error(4068, "existing state of packages has been discarded", "transient"),
                error(6508, "could not find program unit", "transient"),
                error(1466, "table definition has changed", "transient"),
                error(2068, "severe error from a database link", "transient"),
                error(17085, "update of a row set conflicts", "transient"),
                error(8176, "consistent read failure", "transient"),
                error(8177, "can't serialize access", "transient"),
                error(14411, "DDL cannot be run concurrently", "transient"),
                error(18014, "deadlock detected", "transient"),
                error(30006, "acquire with WAIT timeout expired", "transient"));
    }

    private static Stream<Row> instances() {
        return Stream.of(
                error(28, "session has been killed", "transient"),
                error(1012, "not logged on", "transient"),
                error(1033, "initialization or shutdown in progress", "transient"),
                error(1034, "not available", "transient"),
                error(1089, "immediate shutdown in progress", "transient"),
                error(1090, "shutdown in progress", "transient"),
                error(1092, "instance terminated", "transient"),
                error(2396, "exceeded maximum idle time", "transient"),
                error(16000, "database is open for read-only access", "transient"),
                error(16456, "switchover in progress", "transient"),
                error(25402, "transaction must roll back", "transient"));
    }

    private static Stream<Row> networks() {
        return Stream.of(
                error(3113, "end-of-file on communication channel", "transient"),
                error(3114, "not connected", "transient"),
                error(3135, "connection lost contact", "transient"),
                error(12170, "connect timeout", "transient"),
                error(12514, "listener does not know of the service", "transient"),
                error(12528, "all appropriate instances are blocking", "transient"),
                error(12537, "connection closed", "transient"),
                error(12541, "no listener", "transient"),
                error(12570, "packet reader failure", "transient"),
                error(12571, "packet writer failure", "transient"),
                error(17002, "IO error", "transient"),
                error(17008, "closed connection", "transient"),
                error(17410, "no more data to read from socket", "transient"),
                error(17868, "unknown host specified", "transient"),
                error(1013, "canceled: a timeout, by the driver's type", "transient"));
    }

    private static Stream<Row> limits() {
        return Stream.of(
                error(18, "maximum number of sessions exceeded", "throttled"),
                error(20, "maximum number of processes exceeded", "throttled"),
                error(1652, "unable to extend temp segment", "throttled"),
                error(1653, "unable to extend table", "throttled"),
                error(2391, "exceeded simultaneous sessions per user", "throttled"),
                error(4031, "unable to allocate shared memory", "throttled"),
                error(12516, "no available handler", "throttled"),
                error(12518, "listener could not hand off", "throttled"),
                error(12519, "no appropriate service handler", "throttled"),
                error(12520, "no available handler for the type of server", "throttled"));
    }

    private static Stream<Row> answers() {
        SQLException raised = oracle(20001);
        raised.initCause(new OracleDatabaseException(0, 20001, "ORA-20001: out of stock", "begin buy(1); end;", ""));
        return Stream.of(
                error(1, "unique constraint violated", "answered"),
                error(1400, "cannot insert NULL", "answered"),
                error(2291, "parent key not found", "answered"),
                error(942, "table or view does not exist", "answered"),
                error(900, "invalid SQL statement", "answered"),
                error(1722, "invalid number", "answered"),
                error(12899, "value too large for column", "answered"),
                error(1403, "no data found", "answered"),
                error(1476, "divisor is equal to zero", "answered"),
                error(2091, "transaction rolled back: a deferred constraint", "answered"),
                error(6502, "numeric or value error of PL/SQL", "answered"),
                error(6550, "PL/SQL that can't be compiled", "answered"),
                error(30926, "MERGE without a stable set of rows", "answered"),
                error(20999, "raise_application_error, of an older driver", "answered"),
                row("Oracle: raise_application_error", raised, "answered"));
    }

    private static Stream<Row> others() {
        SQLException deadlock = oracle(60);
        return Stream.of(
                error(1017, "invalid username or password", "neutral"),
                error(28000, "the account is locked", "neutral"),
                error(28001, "the password has expired", "neutral"),
                error(1031, "insufficient privileges", "neutral"),
                error(45, "killed, with no replay", "neutral"),
                error(17003, "invalid column index", "neutral"),
                error(17009, "closed statement", "neutral"),
                error(17041, "missing IN or OUT parameter", "neutral"),
                error(21000, "beyond raise_application_error", "unknown"),
                error(25405, "transaction status unknown", "unknown-effect"),
                error(25408, "can not safely replay call", "unknown-effect"),
                error(2054, "transaction in-doubt", "unknown-effect"),
                error(600, "internal error", "unknown"),
                row(
                        "Oracle: batch with a deadlock",
                        new BatchUpdateException(
                                deadlock.getMessage(), deadlock.getSQLState(), 60, new int[0], deadlock),
                        "transient"));
    }

    private static Row error(int code, String what, String expected) {
        return row("ORA-%05d: %s".formatted(code, what), oracle(code), expected);
    }
}
