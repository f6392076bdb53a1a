package dev.retrykit.failures;

import static dev.retrykit.failures.DatabaseErrors.by;
import static dev.retrykit.failures.DatabaseErrors.sqlServer;

import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.stream.Stream;

/** What the numbers of SQL Server, Azure SQL and Sybase mean. */
class SqlServerCodesTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(transients(), limits(), answers(), others(), driversOwn(), sybase())
                .flatMap(rows -> rows);
    }

    private static Stream<Row> transients() {
        return Stream.of(
                error(1205, "chosen as the deadlock victim", "transient"),
                error(1222, "lock request time out period exceeded", "transient"),
                error(3960, "snapshot isolation: update conflict", "transient"),
                error(601, "could not continue scan: data movement", "transient"),
                error(596, "session is in the kill state", "transient"),
                error(615, "could not find database ID", "transient"),
                error(617, "descriptor for object not found", "transient"),
                error(669, "row object is inconsistent", "transient"),
                error(926, "database is marked suspect", "transient"),
                error(983, "availability group: not accessible in this role", "transient"),
                error(3906, "database is read-only", "transient"),
                error(4060, "cannot open database requested by the login", "transient"),
                error(4221, "login to read-secondary failed", "transient"),
                error(6005, "shutdown is in progress", "transient"),
                error(18401, "server is in script upgrade mode", "transient"),
                error(40143, "service encountered an error", "transient"),
                error(40197, "service encountered an error processing the request", "transient"),
                error(40540, "service encountered an error", "transient"),
                error(40613, "database is not currently available", "transient"),
                error(42108, "SQL pool is paused", "transient"),
                error(42109, "SQL pool is warming up", "transient"),
                error(41301, "dependency failure", "transient"),
                error(41302, "updated a record that has been updated", "transient"),
                error(41305, "repeatable read validation", "transient"),
                error(41325, "serializable validation", "transient"),
                error(41839, "too many commit dependencies", "transient"),
                error(41339, "table was altered after the start of the transaction", "transient"),
                error(3948, "transaction was terminated by a change of the replica's state", "transient"),
                error(2816, "metadata has changed", "transient"),
                error(1232, "lock manager service failed", "transient"),
                error(49802, "database is unavailable at the moment", "transient"),
                error(64, "network name is no longer available", "transient"),
                error(121, "semaphore timeout", "transient"),
                error(233, "no process on the other end of the pipe", "transient"),
                error(10053, "connection aborted by the host", "transient"),
                error(10054, "connection forcibly closed", "transient"),
                error(10060, "connection attempt failed", "transient"));
    }

    private static Stream<Row> limits() {
        return Stream.of(
                error(701, "insufficient system memory", "throttled"),
                error(1204, "no lock resource", "throttled"),
                error(8645, "timeout waiting for memory", "throttled"),
                error(9002, "transaction log is full", "throttled"),
                error(10928, "limit of the database has been reached", "throttled"),
                error(10929, "server is too busy", "throttled"),
                error(40501, "service is currently busy", "throttled"),
                error(40903, "server is currently busy", "throttled"),
                error(40189, "resource quota of the database is exceeded", "throttled"),
                error(49918, "not enough resources", "throttled"),
                error(49919, "too many create or update operations", "throttled"),
                error(49920, "too many operations", "throttled"));
    }

    private static Stream<Row> answers() {
        return Stream.of(
                error(2627, "violation of a unique key", "answered"),
                error(547, "conflict with a constraint", "answered"),
                error(515, "cannot insert NULL", "answered"),
                error(2628, "string would be truncated", "answered"),
                error(8152, "string would be truncated", "answered"),
                error(208, "invalid object name", "answered"),
                error(102, "incorrect syntax", "answered"),
                error(8134, "divide by zero", "answered"),
                error(50000, "RAISERROR", "answered"),
                error(40544, "database has reached its size quota", "answered"));
    }

    private static Stream<Row> others() {
        return Stream.of(
                error(18456, "login failed", "neutral"),
                error(229, "permission denied", "neutral"),
                error(40615, "firewall doesn't allow the address", "neutral"),
                error(3930, "transaction cannot be committed", "neutral"),
                error(8623, "query processor ran out of plans", "unknown"),
                error(51000, "THROW of an application", "unknown"));
    }

    private static Stream<Row> driversOwn() {
        SQLException timedOut = sqlServer("HY008", "The query has timed out.");
        return Stream.of(
                row(
                        "SQL Server's driver: no connection",
                        sqlServer("08S01", "The TCP/IP connection failed"),
                        "transient"),
                row("SQL Server's driver: closed", sqlServer(null, "The connection is closed."), "transient"),
                row("SQL Server's driver: canceled", sqlServer("HY008", "The query was canceled."), "neutral"),
                row(
                        "SQL Server's driver: query timeout",
                        new SQLTimeoutException(timedOut.getMessage(), "HY008", 0, timedOut),
                        "transient"),
                row("jTDS: deadlock", by("net.sourceforge.jtds.jdbc.SQLDiagnostic", 1205, "40001"), "transient"),
                row("jTDS: busy", by("net.sourceforge.jtds.jdbc.SQLDiagnostic", 40501, "S1000"), "throttled"),
                row("jTDS: login failed", by("net.sourceforge.jtds.jdbc.SQLDiagnostic", 18456, "28000"), "neutral"));
    }

    private static Stream<Row> sybase() {
        String driver = "com.sybase.jdbc42.jdbc.SybConnection";
        return Stream.of(
                row("Sybase: deadlock", by(driver, 1205, "40001"), "transient"),
                row("Sybase: lock wait timeout", by(driver, 12205, "ZZZZZ"), "transient"),
                row("Sybase: no locks left", by(driver, 1204, "ZZZZZ"), "throttled"),
                row("Sybase: duplicate key", by(driver, 2601, "23000"), "answered"),
                row("Sybase: column cannot be null", by(driver, 233, "ZZZZZ"), "answered"),
                row("Sybase: permission denied", by(driver, 229, "ZZZZZ"), "neutral"),
                row("Sybase: connection closed", by(driver, 0, "JZ0C0"), "transient"),
                row("Sybase: login failed", by(driver, 0, "JZ00L"), "neutral"));
    }

    private static Row error(int number, String what, String expected) {
        return row("SQL Server " + number + ": " + what, sqlServer(number), expected);
    }
}
