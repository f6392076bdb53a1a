package dev.retrykit.spring.idempotency.store.jdbc;

import dev.retrykit.failure.Causes;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What failures of databases mean. */
final class JdbcFailures {

    private static final Set<String> DUPLICATE = Set.of("23505", "23000");

    /** 40001 by the standard; H2 and MariaDB say that a row has changed since the transaction first read. */
    private static final Set<String> CHANGED_SINCE = Set.of("40001", "90131");

    /** MariaDB: ER_CHECKREAD. */
    private static final int CHECKREAD = 1020;

    /** A lock that wasn't there in time or at once, or a statement that was stopped since it waited too long. */
    private static final Set<String> LOCKED = Set.of("40001", "40P01", "55P03", "57014", "70100", "90131", "HYT00");

    /** MariaDB and MySQL, by number: ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK, ER_LOCK_NOWAIT, and CHECKREAD. */
    private static final Set<Integer> LOCKED_CODES = Set.of(1205, 1213, 3572, CHECKREAD);

    private JdbcFailures() {}

    /** What the database said; null if it said nothing. */
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

    /** Somebody else's transaction has a row, or has changed it meanwhile. */
    static boolean isLocked(SQLException failed) {
        return !isDisconnect(failed)
                && (failed instanceof SQLTimeoutException
                        || LOCKED.contains(state(failed))
                        || LOCKED_CODES.contains(failed.getErrorCode()));
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
