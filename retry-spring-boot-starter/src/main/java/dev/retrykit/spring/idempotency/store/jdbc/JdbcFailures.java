package dev.retrykit.spring.idempotency.store.jdbc;

import dev.retrykit.failure.Causes;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Classifies the failures of databases. */
final class JdbcFailures {

    private static final Set<String> DUPLICATE = Set.of("23505", "23000");

    /** 40001 is standard; with the other one, H2 reports that a row has changed since the transaction first read it. */
    private static final Set<String> CHANGED_SINCE = Set.of("40001", "90131");

    /** MariaDB: ER_CHECKREAD, a row has changed since the transaction first read it. */
    private static final int CHECKREAD = 1020;

    /** A lock was not available in time or immediately, or a statement was stopped because it waited too long. */
    private static final Set<String> LOCKED = Set.of("40001", "40P01", "55P03", "57014", "70100", "90131", "HYT00");

    /** Error numbers of MariaDB and MySQL: ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK, ER_LOCK_NOWAIT, and ER_CHECKREAD. */
    private static final Set<Integer> LOCKED_CODES = Set.of(1205, 1213, 3572, CHECKREAD);

    private JdbcFailures() {}

    /** Returns the exception of the database; null if there is none. */
    static @Nullable SQLException in(Throwable failure) {
        return Causes.chain(failure).stream()
                .filter(SQLException.class::isInstance)
                .map(SQLException.class::cast)
                .findFirst()
                .orElse(null);
    }

    static boolean isDuplicate(SQLException failed) {
        return DUPLICATE.contains(state(failed));
    }

    static boolean isDisconnect(SQLException failed) {
        return failed instanceof SQLNonTransientConnectionException
                || failed instanceof SQLTransientConnectionException
                || failed instanceof SQLRecoverableException
                || state(failed).startsWith("08");
    }

    /** Whether another transaction has locked a row or changed it meanwhile. */
    static boolean isLocked(SQLException failed) {
        return !isDisconnect(failed)
                && (failed instanceof SQLTimeoutException
                        || LOCKED.contains(state(failed))
                        || LOCKED_CODES.contains(failed.getErrorCode()));
    }

    /** Whether a row was changed by a transaction that is invisible to this one. */
    static boolean isChangedSince(SQLException failed) {
        return CHANGED_SINCE.contains(state(failed)) || failed.getErrorCode() == CHECKREAD;
    }

    private static String state(SQLException failed) {
        String state = failed.getSQLState();
        return state == null ? "" : state;
    }
}
