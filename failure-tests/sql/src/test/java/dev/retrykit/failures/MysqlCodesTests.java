package dev.retrykit.failures;

import static dev.retrykit.failures.DatabaseErrors.mariadb;
import static dev.retrykit.failures.DatabaseErrors.mysql;

import com.mysql.cj.exceptions.CJCommunicationsException;
import com.mysql.cj.exceptions.CJPacketTooBigException;
import com.mysql.cj.exceptions.CJTimeoutException;
import com.mysql.cj.exceptions.OperationCancelledException;
import com.mysql.cj.exceptions.UnableToConnectException;
import com.mysql.cj.jdbc.exceptions.CommunicationsException;
import com.mysql.cj.jdbc.exceptions.MySQLStatementCancelledException;
import com.mysql.cj.jdbc.exceptions.MySQLTimeoutException;
import com.mysql.cj.jdbc.exceptions.PacketTooBigException;
import java.io.EOFException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;

/** What the codes of MySQL, MariaDB and TiDB mean, with the states that the servers send. */
class MysqlCodesTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(servers(), limits(), answers(), others(), driversOwn(), mariaDb(), tiDb())
                .flatMap(rows -> rows);
    }

    private static Stream<Row> servers() {
        return Stream.of(
                code(1205, "HY000", "lock wait timeout exceeded", "transient"),
                code(1205, "40001", "the same, as older drivers tell it", "transient"),
                code(1213, "40001", "deadlock found", "transient"),
                code(1020, "HY000", "record has changed since last read", "transient"),
                code(1412, "HY000", "table definition has changed", "transient"),
                code(1614, "XA102", "XA deadlock", "transient"),
                code(3572, "HY000", "lock could not be acquired immediately: NOWAIT", "transient"),
                code(3058, "HY000", "deadlock of user-level locks", "transient"),
                code(3101, "40000", "a plugin asked for a rollback: group replication", "transient"),
                code(3100, "HY000", "error on observer: before_commit", "transient"),
                code(1053, "08S01", "server shutdown in progress", "transient"),
                code(1047, "08S01", "WSREP has not yet prepared node", "transient"),
                code(1158, "08S01", "error reading communication packets", "transient"),
                code(1160, "08S01", "error writing communication packets", "transient"),
                code(1161, "08S01", "timeout writing communication packets", "transient"),
                code(1290, "HY000", "running with --read-only", "transient"),
                code(1836, "HY000", "running in read-only mode", "transient"),
                code(3032, "HY000", "offline mode", "transient"),
                code(3168, "HY000", "server isn't available", "transient"),
                code(3169, "HY000", "session was killed", "transient"),
                code(4031, "HY000", "disconnected because of inactivity", "transient"),
                code(3024, "HY000", "maximum statement execution time exceeded", "transient"),
                code(1243, "HY000", "unknown prepared statement handler", "transient"),
                code(1615, "HY000", "statement needs to be re-prepared", "transient"),
                code(2013, "HY000", "lost connection, told by a proxy", "transient"),
                code(2006, "HY000", "server has gone away, told by a proxy", "transient"));
    }

    private static Stream<Row> limits() {
        return Stream.of(
                code(1040, "08004", "too many connections", "throttled"),
                code(1203, "42000", "too many connections of the user", "throttled"),
                code(1226, "42000", "user has exceeded a resource", "throttled"),
                code(1041, "HY000", "out of resources", "throttled"),
                code(1135, "HY000", "can't create a new thread", "throttled"),
                code(1461, "42000", "too many prepared statements", "throttled"),
                code(1114, "HY000", "the table is full", "throttled"),
                code(1021, "HY000", "disk full", "throttled"));
    }

    private static Stream<Row> answers() {
        return Stream.of(
                code(1062, "23000", "duplicate entry", "answered"),
                code(1452, "23000", "foreign key fails", "answered"),
                code(1064, "42000", "syntax", "answered"),
                code(1146, "42S02", "table doesn't exist", "answered"),
                code(1406, "22001", "data too long", "answered"),
                code(1364, "HY000", "field has no default value", "answered"),
                code(1366, "HY000", "incorrect value", "answered"),
                code(1265, "01000", "data truncated", "answered"),
                code(3819, "HY000", "check constraint is violated", "answered"),
                code(1644, "45000", "SIGNAL of a procedure", "answered"),
                code(1153, "08S01", "packet bigger than max_allowed_packet", "answered"));
    }

    private static Stream<Row> others() {
        return Stream.of(
                code(1045, "28000", "access denied", "neutral"),
                code(1044, "42000", "access to the database denied", "neutral"),
                code(1142, "42000", "SELECT denied for table", "neutral"),
                code(1227, "42000", "needs the privilege SUPER", "neutral"),
                code(1251, "08004", "client doesn't support the authentication", "neutral"),
                code(1317, "70100", "query was killed", "neutral"),
                code(1792, "25006", "in a transaction that is read-only by its own word", "neutral"),
                code(1399, "XAE07", "XA command in this state", "neutral"),
                code(1129, "HY000", "host is blocked", "permanent"),
                code(1194, "HY000", "table is crashed", "permanent"),
                code(1180, "HY000", "error during COMMIT", "unknown-effect"),
                code(1105, "HY000", "unknown error", "unknown"));
    }

    private static Stream<Row> driversOwn() {
        SQLException lost = new CommunicationsException("Communications link failure", new EOFException("0 bytes"));
        return Stream.of(
                row("Connector/J: connection lost", lost, "transient"),
                row("Connector/J: connection lost during rollback", rollback(), "transient"),
                row("Connector/J: parameter index out of range", springs(mysql(0, "S1009")), "neutral"),
                row("Connector/J: no value for a parameter", mysql(0, "07001"), "neutral"),
                row("Connector/J: statement's timeout", new MySQLTimeoutException(), "transient"),
                row("Connector/J: statement canceled", new MySQLStatementCancelledException(), "neutral"),
                row("Connector/J: packet too big", new PacketTooBigException(70_000_000, 67_108_864), "answered"),
                row("Connector/J: batch with a duplicate", batch(mysql(1062, "23000")), "answered"),
                row("Connector/J: batch with a deadlock", batch(mysql(1213, "40001")), "transient"),
                row("X DevAPI: connection lost", new CJCommunicationsException("lost"), "transient"),
                row("X DevAPI: can't connect", new UnableToConnectException("refused"), "transient"),
                row("X DevAPI: timeout", new CJTimeoutException(), "transient"),
                row("X DevAPI: packet too big", new CJPacketTooBigException("too big"), "answered"),
                row("X DevAPI: canceled", new OperationCancelledException(), "neutral"));
    }

    private static Stream<Row> mariaDb() {
        return Stream.of(
                maria(1205, "HY000", "lock wait timeout, or NOWAIT", "transient"),
                maria(1213, "40001", "deadlock", "transient"),
                maria(1927, "70100", "connection was killed", "transient"),
                maria(1969, "70100", "max_statement_time exceeded", "transient"),
                maria(1290, "HY000", "running with --read-only", "transient"),
                maria(1040, "08004", "too many connections", "throttled"),
                maria(1644, "45000", "SIGNAL, which its driver calls a transient connection failure", "answered"),
                maria(-1, "07004", "a parameter isn't set, likewise", "neutral"),
                maria(1369, "44000", "check option, likewise", "answered"),
                maria(1046, "3D000", "no database selected, likewise", "answered"),
                maria(4025, "23000", "constraint failed", "answered"),
                maria(1613, "XA106", "XA branch timed out", "transient"),
                maria(1397, "XAE04", "unknown XID", "neutral"),
                maria(1317, "70100", "query was killed", "neutral"),
                maria(1045, "28000", "access denied", "neutral"),
                maria(-1, "08000", "connection lost", "transient"));
    }

    private static Stream<Row> tiDb() {
        return Stream.of(
                code(8002, "HY000", "TiDB: SELECT FOR UPDATE can't be retried by itself", "transient"),
                code(8022, "HY000", "TiDB: commit failed and was rolled back", "transient"),
                code(8028, "HY000", "TiDB: schema changed", "transient"),
                code(9001, "HY000", "TiDB: PD server timeout", "transient"),
                code(9002, "HY000", "TiDB: TiKV server timeout", "transient"),
                code(9003, "HY000", "TiDB: TiKV server is busy", "throttled"),
                code(9005, "HY000", "TiDB: region is unavailable", "transient"),
                code(9007, "HY000", "TiDB: write conflict", "transient"),
                code(9012, "HY000", "TiDB: TiFlash server timeout", "transient"),
                code(9013, "HY000", "TiDB: TiFlash server is busy", "throttled"),
                code(8252, "HY000", "TiDB: resource group's quota", "throttled"),
                code(8004, "HY000", "TiDB: transaction too large", "answered"),
                code(8141, "HY000", "TiDB: data and index differ", "permanent"),
                code(8121, "HY000", "TiDB: privilege check fails", "neutral"));
    }

    /** Like Connector/J's, whose state is that of an unknown outcome. */
    private static SQLException rollback() {
        SQLException failure = mysql(0, "08007");
        failure.setStackTrace(
                new StackTraceElement[] {new StackTraceElement("com.mysql.cj.jdbc.ConnectionImpl", "rollback", null, 1)
                });
        return failure;
    }

    private static DataAccessException springs(SQLException failure) {
        return new SQLExceptionSubclassTranslator().translate("query", null, failure);
    }

    private static BatchUpdateException batch(SQLException failed) {
        return new BatchUpdateException(
                failed.getMessage(), failed.getSQLState(), failed.getErrorCode(), new int[] {1, -3}, failed);
    }

    private static Row code(int code, String state, String what, String expected) {
        return row("MySQL " + code + " (" + state + "): " + what, mysql(code, state), expected);
    }

    private static Row maria(int code, String state, String what, String expected) {
        return row("MariaDB's driver " + code + " (" + state + "): " + what, mariadb(code, state), expected);
    }
}
