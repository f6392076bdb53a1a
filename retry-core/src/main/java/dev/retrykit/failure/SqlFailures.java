package dev.retrykit.failure;

import dev.retrykit.failure.Verdict.Kind;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import org.jspecify.annotations.Nullable;

/**
 * What a database said, by SQLState (ISO 9075-2, table 38, and PostgreSQL's 40P01) before type. A failed commit may have
 * been done, unless the database answered or rolled back (class 40).
 */
final class SqlFailures {

    private static final Verdict UNKNOWN_EFFECT = Verdict.of(Kind.NOT_IDEMPOTENT, Signal.FAILURE);

    private SqlFailures() {}

    /** What one link of a chain says; null if it says nothing. */
    static @Nullable Verdict classify(Throwable link) {
        return link instanceof SQLException failure ? verdict(failure) : null;
    }

    private static @Nullable Verdict verdict(SQLException failure) {
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        Verdict verdict = byState(failure, state);
        boolean decided = state.startsWith("40") || verdict != null && verdict.kind() == Kind.NOT_RETRYABLE;
        return !decided && isOfCommit(failure) ? UNKNOWN_EFFECT : verdict;
    }

    private static @Nullable Verdict byState(SQLException failure, String state) {
        return switch (state) {
            case "08007", "40003" -> UNKNOWN_EFFECT;
            case "40001", "40P01", "08001", "08003", "08004", "08006" -> Verdict.retryable();
            default -> byType(failure, state);
        };
    }

    /**
     * Classes 22, 23 and 42 (data, constraints, syntax and access), and 40002 (constraints again, seen by a commit), are
     * answers of a database that works. One that refuses the user (class 28) tells nothing.
     */
    private static @Nullable Verdict byType(SQLException failure, String state) {
        if (failure instanceof SQLTransientException || failure instanceof SQLRecoverableException) {
            return Verdict.retryable();
        }
        if (state.startsWith("28")) {
            return Verdict.of(Kind.NOT_RETRYABLE, Signal.NONE);
        }
        boolean answered =
                state.startsWith("22") || state.startsWith("23") || state.startsWith("42") || state.equals("40002");
        return answered ? Verdict.of(Kind.NOT_RETRYABLE, Signal.SUCCESS) : null;
    }

    /**
     * Whether it came out of {@link java.sql.Connection#commit}. Drivers don't say so in any other way than by the stack
     * trace, and a connection lost there may be lost after the commit.
     */
    private static boolean isOfCommit(SQLException failure) {
        for (StackTraceElement frame : failure.getStackTrace()) {
            if (frame.getMethodName().equals("commit") && frame.getClassName().contains("Connection")) {
                return true;
            }
        }
        return false;
    }
}
