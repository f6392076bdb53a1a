package dev.retrykit.spring.idempotency.jdbc;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;

/** What failures of databases mean. */
final class Failures {

    private static final Set<String> DUPLICATE = Set.of("23505", "23000");

    /** 40001 by the standard; H2 and MariaDB say that a row has changed since the transaction first read. */
    private static final Set<String> CHANGED_SINCE = Set.of("40001", "90131");

    /** MariaDB: ER_CHECKREAD. */
    private static final int CHECKREAD = 1020;

    private Failures() {}

    static boolean isDuplicate(SQLException failed) {
        return DUPLICATE.contains(state(failed));
    }

    static boolean isDisconnect(SQLException failed) {
        return failed instanceof SQLNonTransientConnectionException
                || failed instanceof SQLTransientConnectionException
                || failed instanceof SQLRecoverableException
                || state(failed).startsWith("08");
    }

    /** A row was changed by a transaction that this one can't see. */
    static boolean isChangedSince(SQLException failed) {
        return CHANGED_SINCE.contains(state(failed)) || failed.getErrorCode() == CHECKREAD;
    }

    private static String state(SQLException failed) {
        String state = failed.getSQLState();
        return state == null ? "" : state;
    }
}
