package dev.retrykit.spring.failure;

import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DataRetrievalFailureException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.PermissionDeniedDataAccessException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.NestedTransactionNotSupportedException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionSuspensionNotSupportedException;
import org.springframework.transaction.UnexpectedRollbackException;

/** What Spring's types mean by themselves. */
final class DataTypes {

    /** In spring-jdbc, which users of other stores don't have. Spring calls it permanent. */
    private static final Set<String> NO_CONNECTION =
            Set.of("org.springframework.jdbc.CannotGetJdbcConnectionException");

    private DataTypes() {}

    static boolean isSprings(Throwable link) {
        return link instanceof DataAccessException || link instanceof TransactionException;
    }

    /** The first type of the chain that says anything decides; null if none does. */
    static @Nullable Verdict verdict(List<Throwable> chain) {
        for (Throwable link : chain) {
            Verdict verdict = verdict(link);
            if (verdict != null) {
                return verdict;
            }
        }
        return null;
    }

    private static @Nullable Verdict verdict(Throwable springs) {
        if (neverBegan(springs)
                || springs instanceof TransientDataAccessException
                || springs instanceof RecoverableDataAccessException) {
            return Verdict.retryable();
        }
        if (springs instanceof DataIntegrityViolationException || springs instanceof DataRetrievalFailureException) {
            return Verdict.of(Kind.NOT_RETRYABLE, Signal.SUCCESS);
        }
        if (springs instanceof InvalidDataAccessApiUsageException
                || springs instanceof PermissionDeniedDataAccessException) {
            return Verdict.of(Kind.NOT_RETRYABLE, Signal.NONE);
        }
        return springs instanceof UnexpectedRollbackException ? Verdict.notRetryable() : null;
    }

    /** No connection was obtained. Two of these are mistakes in the use of a transaction manager. */
    private static boolean neverBegan(Throwable springs) {
        return springs instanceof CannotCreateTransactionException
                        && !(springs instanceof NestedTransactionNotSupportedException)
                        && !(springs instanceof TransactionSuspensionNotSupportedException)
                || TypeNames.isOneOf(springs, NO_CONNECTION);
    }
}
