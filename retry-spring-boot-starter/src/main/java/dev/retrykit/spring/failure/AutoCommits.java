package dev.retrykit.spring.failure;

import dev.retrykit.failure.Causes;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.AggregatedBatchUpdateException;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

/**
 * Recognizes writes outside of a transaction that may have had an effect although they failed: the connection was lost
 * while the statement ran, or a part of a batch was applied. A transaction would have been rolled back. Only for
 * {@code JdbcTemplate} and what builds on it, because the stack trace shows whether Spring began a transaction; other code
 * may have begun one in a way that it doesn't show.
 */
final class AutoCommits {

    /** {@code java.sql} may be missing from a small run-time image. */
    private static final boolean SQL = ClassUtils.isPresent("java.sql.SQLException", null);

    private static final String TEMPLATE = "org.springframework.jdbc.core.JdbcTemplate";
    private static final String AGGREGATE = "org.springframework.jdbc.core.AggregatedBatchUpdateException";
    private static final String TRANSACTIONS = "org.springframework.transaction.";
    private static final String NO_CONNECTION = "org.springframework.jdbc.CannotGetJdbcConnectionException";

    /** The connection could not be established, or was closed before. */
    private static final Set<String> NOTHING_SENT = Set.of("08001", "08003", "08004");

    private AutoCommits() {}

    /** Whether a write outside of a transaction may have had an effect. */
    static boolean mayBeDone(Throwable failure) {
        return SQL && Causes.anyMatch(failure, link -> link instanceof DataAccessException && isOpen(link));
    }

    private static boolean isOpen(Throwable springs) {
        return (isPartOfBatch(springs) || isLost(springs))
                && isWrite(Causes.stackTrace(springs))
                && !TransactionSynchronizationManager.isActualTransactionActive();
    }

    /** Whether the innermost call of the template is not a query. A write may be made while a query's rows are read. */
    private static boolean isWrite(StackTraceElement[] frames) {
        boolean write = false;
        boolean outer = false;
        for (StackTraceElement frame : frames) {
            String type = frame.getClassName();
            boolean template = !outer && type.equals(TEMPLATE);
            if (type.startsWith(TRANSACTIONS)
                    || template && frame.getMethodName().startsWith("query")) {
                return false;
            }
            outer |= write && !template;
            write |= template;
        }
        return write;
    }

    private static boolean isPartOfBatch(Throwable springs) {
        return Causes.anyMatch(
                springs,
                link -> link instanceof BatchUpdateException batch
                        && (isApplied(batch.getUpdateCounts()) || isAggregate(link) && Aggregates.isApplied(link)));
    }

    private static boolean isApplied(int @Nullable [] counts) {
        return counts != null
                && IntStream.of(counts).anyMatch(count -> count > 0 || count == Statement.SUCCESS_NO_INFO);
    }

    private static boolean isAggregate(Throwable link) {
        return link.getClass().getName().equals(AGGREGATE);
    }

    /** Whether the network failed after the connection was established. Oracle's type for that has no network failure. */
    private static boolean isLost(Throwable springs) {
        boolean lost = false;
        for (Throwable link : Causes.chain(springs)) {
            if (isBeforeConnection(link)) {
                return false;
            }
            lost |= isOfConnection(link);
        }
        return lost;
    }

    /** Whether there was no connection: also if it is fetched when the first statement needs it. */
    private static boolean isBeforeConnection(Throwable link) {
        return link instanceof SQLTransientConnectionException
                || link instanceof ConnectException
                || link instanceof NoRouteToHostException
                || link instanceof UnknownHostException
                || link.getClass().getName().equals(NO_CONNECTION);
    }

    private static boolean isOfConnection(Throwable link) {
        String state = link instanceof SQLException failure ? failure.getSQLState() : null;
        return state != null
                && state.startsWith("08")
                && !NOTHING_SENT.contains(state)
                && (link instanceof SQLRecoverableException || Causes.anyMatch(link, IOException.class::isInstance));
    }

    /** Batches that {@code JdbcTemplate} sends one after another. Loaded only if there are any. */
    private static final class Aggregates {

        static boolean isApplied(Throwable batches) {
            int[][] earlier = ((AggregatedBatchUpdateException) batches).getSuccessfulUpdateCounts();
            return Stream.of(earlier).anyMatch(AutoCommits::isApplied);
        }
    }
}
