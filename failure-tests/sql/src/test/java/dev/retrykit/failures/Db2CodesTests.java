package dev.retrykit.failures;

import static dev.retrykit.failures.DatabaseErrors.db2;
import static dev.retrykit.failures.DatabaseErrors.hana;
import static dev.retrykit.failures.DatabaseErrors.snowflake;

import java.sql.SQLException;
import java.util.stream.Stream;

/** What the codes of Db2, SAP HANA and Snowflake mean. */
class Db2CodesTests extends BookTests {

    private static final String DISCONNECT = "com.ibm.db2.jcc.am.DisconnectNonTransientConnectionException";

    static Stream<Row> rows() {
        return Stream.of(transients(), others(), hanas(), snowflakes()).flatMap(rows -> rows);
    }

    private static Stream<Row> transients() {
        return Stream.of(
                row(
                        "Db2 -911: rolled back because of a deadlock or timeout",
                        db2("com.ibm.db2.jcc.am.SqlTransactionRollbackException", -911, "40001"),
                        "transient"),
                error(-913, "57033", "deadlock or timeout", "transient"),
                error(-904, "57011", "unavailable resource", "transient"),
                error(-952, "57014", "interrupted", "transient"),
                error(-964, "57011", "transaction log is full", "transient"),
                error(-1015, "55025", "must be restarted", "transient"),
                error(-1032, "57019", "not started", "transient"),
                error(-1035, "57019", "in use", "transient"),
                error(-1224, "55032", "not able to accept new requests", "transient"),
                error(-1229, "40504", "rolled back because of a system error", "transient"),
                error(-30108, "08506", "connection failed and was re-established", "transient"),
                row("Db2 -30081: communication error", db2(DISCONNECT, -30081, "08001"), "transient"),
                row("Db2 -4499: fatal error, connection ended", db2(DISCONNECT, -4499, "08001"), "transient"),
                error(-4498, "08506", "rerouted", "transient"),
                error(-514, "26501", "cursor is not prepared", "transient"),
                error(-518, "07003", "statement is not prepared", "transient"));
    }

    private static Stream<Row> others() {
        return Stream.of(
                error(-1040, "57030", "maximum number of applications", "throttled"),
                error(-1226, "57030", "maximum number of agents", "throttled"),
                error(-289, "57011", "unable to allocate new pages", "throttled"),
                error(-803, "23505", "duplicate key", "answered"),
                error(-530, "23503", "foreign key", "answered"),
                error(-204, "42704", "undefined name", "answered"),
                error(-438, "75000", "raised by SIGNAL", "answered"),
                error(-905, "57051", "limit of the governor", "answered"),
                error(-551, "42501", "no privilege", "neutral"),
                row("Db2 -30082: password invalid", db2(DISCONNECT, -30082, "08001"), "neutral"),
                row("Db2 -1403: password invalid", db2(DISCONNECT, -1403, "08004"), "neutral"),
                error(-668, "57016", "table waits for a reorg", "permanent"),
                error(-901, "58004", "system error", "unknown"));
    }

    private static Stream<Row> hanas() {
        return Stream.of(
                row("HANA 131: lock wait timeout", hana(131), "transient"),
                row("HANA 133: deadlock", hana(133), "transient"),
                row("HANA 138: serialization failure", hana(138), "transient"),
                row("HANA 146: NOWAIT", hana(146), "transient"),
                row("HANA -10807: connection down", hana(-10807), "transient"),
                row("HANA 4: out of memory", hana(4), "throttled"),
                row("HANA 301: unique constraint", hana(301), "answered"),
                row("HANA 259: invalid table name", hana(259), "answered"),
                row("HANA 258: insufficient privilege", hana(258), "neutral"));
    }

    private static Stream<Row> snowflakes() {
        return Stream.of(
                row("Snowflake 630: statement timeout", snowflake(630, "57014"), "transient"),
                row("Snowflake 625: too many waiters for a lock", snowflake(625, "57014"), "transient"),
                row("Snowflake 200002: not able to connect", snowflake(200002, "08001"), "transient"),
                row("Snowflake 200015: communication error", snowflake(200015, "58030"), "transient"),
                row("Snowflake 390112: session expired", snowflake(390112, "08001"), "transient"),
                row("Snowflake 2003: object does not exist", snowflake(2003, "02000"), "answered"),
                row("Snowflake 390100: incorrect password", snowflake(390100, "08001"), "neutral"),
                row("Snowflake 200005: canceled", snowflake(200005, "57014"), "neutral"));
    }

    private static Row error(int code, String state, String what, String expected) {
        SQLException failure = db2(code, state);
        return row("Db2 " + code + " (" + state + "): " + what, failure, expected);
    }
}
