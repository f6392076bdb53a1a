package dev.retrykit.failure;

import dev.retrykit.failure.Verdict.Kind;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a database said, by SQLState (ISO 9075-2, table 38, and PostgreSQL's 40P01) before type. */
final class SqlFailures {

    private SqlFailures() {}

    /** The first {@link SQLException} of the chain that says anything decides; null if none does. */
    static @Nullable Verdict classify(List<Throwable> chain) {
        for (Throwable link : chain) {
            Verdict verdict = link instanceof SQLException failure ? verdict(failure) : null;
            if (verdict != null) {
                return verdict;
            }
        }
        return null;
    }

    private static @Nullable Verdict verdict(SQLException failure) {
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        return switch (state) {
            case "08007", "40003" -> Verdict.of(Kind.NOT_IDEMPOTENT, Signal.FAILURE);
            case "40001", "40P01", "08001", "08003", "08004", "08006" -> Verdict.retryable();
            default -> byType(failure, state);
        };
    }

    /** Classes 22, 23 and 42 (data, constraints, syntax and access) are answers of a database that works. */
    private static @Nullable Verdict byType(SQLException failure, String state) {
        if (failure instanceof SQLTransientException || failure instanceof SQLRecoverableException) {
            return Verdict.retryable();
        }
        boolean answered = state.startsWith("22") || state.startsWith("23") || state.startsWith("42");
        return answered ? Verdict.of(Kind.NOT_RETRYABLE, Signal.SUCCESS) : null;
    }
}
