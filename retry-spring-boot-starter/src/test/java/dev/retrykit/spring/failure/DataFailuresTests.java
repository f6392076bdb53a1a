package dev.retrykit.spring.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.failure.book.FailureBook;
import java.io.IOException;
import java.net.ConnectException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.CleanupFailureDataAccessException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.EmptyResultDataAccessException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.dao.PermissionDeniedDataAccessException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.HeuristicCompletionException;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.NestedTransactionNotSupportedException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.TransactionTimedOutException;
import org.springframework.transaction.UnexpectedRollbackException;

class DataFailuresTests {

    private final DataFailures classifier = new DataFailures();

    static Stream<Arguments> typesByThemselves() {
        return Stream.of(
                arguments(new TransientDataAccessResourceException("?"), Kind.RETRYABLE, Signal.FAILURE),
                arguments(new QueryTimeoutException("?"), Kind.RETRYABLE, Signal.FAILURE),
                arguments(new OptimisticLockingFailureException("?"), Kind.RETRYABLE, Signal.FAILURE),
                arguments(new CannotAcquireLockException("?"), Kind.RETRYABLE, Signal.FAILURE),
                arguments(new RecoverableDataAccessException("?"), Kind.RETRYABLE, Signal.FAILURE),
                arguments(new CannotCreateTransactionException("?"), Kind.RETRYABLE, Signal.FAILURE),
                arguments(new CannotGetJdbcConnectionException("?"), Kind.RETRYABLE, Signal.FAILURE),
                arguments(new DataIntegrityViolationException("?"), Kind.NOT_RETRYABLE, Signal.SUCCESS),
                arguments(new DuplicateKeyException("?"), Kind.NOT_RETRYABLE, Signal.SUCCESS),
                arguments(new EmptyResultDataAccessException(1), Kind.NOT_RETRYABLE, Signal.SUCCESS),
                arguments(new InvalidDataAccessApiUsageException("?"), Kind.NOT_RETRYABLE, Signal.NONE),
                arguments(new PermissionDeniedDataAccessException("?", null), Kind.NOT_RETRYABLE, Signal.NONE),
                arguments(new InvalidDataAccessResourceUsageException("?"), Kind.NOT_RETRYABLE, Signal.SUCCESS),
                arguments(new NestedTransactionNotSupportedException("?"), Kind.NOT_RETRYABLE, Signal.NONE),
                arguments(new IllegalTransactionStateException("?"), Kind.NOT_RETRYABLE, Signal.NONE),
                arguments(new TransactionTimedOutException("?"), Kind.RETRYABLE, Signal.FAILURE),
                arguments(new UnexpectedRollbackException("?"), Kind.NOT_RETRYABLE, Signal.FAILURE),
                arguments(new TransactionSystemException("?"), Kind.NOT_IDEMPOTENT, Signal.FAILURE),
                arguments(new HeuristicCompletionException(2, null), Kind.NOT_IDEMPOTENT, Signal.FAILURE));
    }

    @ParameterizedTest
    @MethodSource("typesByThemselves")
    void whereNothingElseIsKnownSpringsTypeDecides(RuntimeException failure, Kind kind, Signal signal) {
        assertVerdict(failure, kind, signal);
        assertVerdict(new CompletionException(new IllegalStateException(failure)), kind, signal);
    }

    static Stream<Throwable> typesThatSayNothing() {
        return Stream.of(
                new DataAccessResourceFailureException("?"),
                new NonTransientDataAccessResourceException("?"),
                new CleanupFailureDataAccessException("?", new IOException("?")),
                new UncategorizedSQLException("?", null, new SQLException("?", "XX000")));
    }

    @ParameterizedTest
    @MethodSource("typesThatSayNothing")
    void typesThatSayNothingAreUnknown(Throwable failure) {
        assertThat(judged(failure)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "40001, RETRYABLE,      FAILURE",
        "08006, RETRYABLE,      FAILURE",
        "08007, NOT_IDEMPOTENT, FAILURE",
        "23505, NOT_RETRYABLE,  SUCCESS",
        "28000, NOT_RETRYABLE,  NONE",
    })
    void theSqlExceptionDecidesBeforeSpringsType(String state, Kind kind, Signal signal) {
        SQLException cause = new SQLException("?", state);
        assertVerdict(new DataAccessResourceFailureException("?", cause), kind, signal);
        assertVerdict(new TransientDataAccessResourceException("?", cause), kind, signal);
        assertVerdict(new DataIntegrityViolationException("?", cause), kind, signal);
        assertVerdict(new CannotCreateTransactionException("?", cause), kind, signal);
        assertVerdict(new CannotGetJdbcConnectionException("?", cause), kind, signal);
    }

    @Test
    void anSqlExceptionThatSaysNothingLeavesItToTheType() {
        SQLException cause = new SQLException("?", "HY000");
        assertVerdict(new CannotAcquireLockException("?", cause), Kind.RETRYABLE, Signal.FAILURE);
        assertVerdict(new DuplicateKeyException("?", cause), Kind.NOT_RETRYABLE, Signal.SUCCESS);
        assertVerdict(new CannotGetJdbcConnectionException("?", cause), Kind.RETRYABLE, Signal.FAILURE);
    }

    @Test
    void aLostConnectionIsRetriedAlthoughSpringCallsItPermanent() {
        DataAccessException translated =
                new SQLExceptionSubclassTranslator().translate("query", null, new SQLException("lost", "08006"));

        assertThat(translated).isInstanceOf(DataAccessResourceFailureException.class);
        assertVerdict(translated, Kind.RETRYABLE, Signal.FAILURE);
    }

    @Test
    void storesWithoutSqlAreJudgedByWhatTheNetworkDid() {
        assertVerdict(
                new DataAccessResourceFailureException("?", new ConnectException()), Kind.RETRYABLE, Signal.FAILURE);
    }

    @Test
    void anInterruptionEndsTheCallAndATimeoutOfTheAttemptDoesNot() {
        Exception interrupted = new TransientDataAccessResourceException("?", new InterruptedException());
        assertVerdict(interrupted, Kind.INTERRUPTED, Signal.NONE);
        assertVerdict(
                new AttemptTimeoutException("inventory", Duration.ofSeconds(1), interrupted),
                Kind.RETRYABLE,
                Signal.FAILURE);
    }

    @ParameterizedTest
    @CsvSource({
        "08000, NOT_IDEMPOTENT, FAILURE",
        "08001, NOT_IDEMPOTENT, FAILURE",
        "08003, NOT_IDEMPOTENT, FAILURE",
        "08006, NOT_IDEMPOTENT, FAILURE",
        "08007, NOT_IDEMPOTENT, FAILURE",
        "40003, NOT_IDEMPOTENT, FAILURE",
        "XX000, NOT_IDEMPOTENT, FAILURE",
        "40001, RETRYABLE,      FAILURE",
        "40P01, RETRYABLE,      FAILURE",
        "40002, NOT_RETRYABLE,  SUCCESS",
        "23505, NOT_RETRYABLE,  SUCCESS",
    })
    void aFailedCommitMayBeDoneUnlessTheDatabaseSaysOtherwise(String state, Kind kind, Signal signal) {
        SQLException cause = new SQLException("?", state);
        assertVerdict(new TransactionSystemException("JDBC commit failed", cause), kind, signal);
        assertVerdict(thrownBy("doCommit", new DataAccessResourceFailureException("?", cause)), kind, signal);
        assertVerdict(new DataAccessResourceFailureException("R2DBC commit; ?", cause), kind, signal);
    }

    @Test
    void aFailedCommitMayBeDoneWhateverTheTypeAndTheCause() {
        assertVerdict(
                new TransactionSystemException("?", new SQLRecoverableException("lost")),
                Kind.NOT_IDEMPOTENT,
                Signal.FAILURE);
        assertVerdict(
                new TransactionSystemException("?", new ConnectException("lost")), Kind.NOT_IDEMPOTENT, Signal.FAILURE);
        assertVerdict(
                thrownBy("doCommit", new RecoverableDataAccessException("?")), Kind.NOT_IDEMPOTENT, Signal.FAILURE);
        assertVerdict(
                new AttemptTimeoutException(
                        "inventory", Duration.ofSeconds(1), new TransactionSystemException("interrupted")),
                Kind.NOT_IDEMPOTENT,
                Signal.FAILURE);
    }

    @Test
    void aCommitThatFoundAConflictHasRolledBack() {
        assertVerdict(thrownBy("doCommit", new OptimisticLockingFailureException("?")), Kind.RETRYABLE, Signal.FAILURE);
        assertVerdict(
                thrownBy("doCommit", new PessimisticLockingFailureException("?", new SQLException("?", "55P03"))),
                Kind.RETRYABLE,
                Signal.FAILURE);
        assertVerdict(thrownBy("doCommit", new UnexpectedRollbackException("?")), Kind.NOT_RETRYABLE, Signal.FAILURE);
    }

    @Test
    void aCommitThatFlushesWhatIsWrongGetsAnAnswer() {
        assertVerdict(
                thrownBy("doCommit", new DataIntegrityViolationException("?")), Kind.NOT_RETRYABLE, Signal.SUCCESS);
    }

    @Test
    void whatOnlyRanAfterACommitIsNoCommit() {
        SQLException lost = new SQLException("lost", "08006");
        assertVerdict(
                thrownBy("processCommit", new DataAccessResourceFailureException("?", lost)),
                Kind.RETRYABLE,
                Signal.FAILURE);
    }

    @Test
    void aFailedRollbackIsJudgedByWhatItWasFor() {
        SQLException lost = new SQLException("lost", "08003");
        assertVerdict(rollback(lost, new SQLException("?", "40001")), Kind.RETRYABLE, Signal.FAILURE);
        assertVerdict(rollback(lost, new DuplicateKeyException("?")), Kind.NOT_RETRYABLE, Signal.SUCCESS);
        assertVerdict(rollback(lost, new IllegalArgumentException("sku")), Kind.NOT_RETRYABLE, Signal.NONE);
        assertVerdict(rollback(lost, new IllegalStateException("says nothing")), Kind.RETRYABLE, Signal.FAILURE);
        assertThat(judged(rollback(new SQLException("?"), new IllegalStateException("?"))))
                .isNull();
        assertThat(judged(thrownBy("doRollback", new TransactionSystemException("JDBC rollback failed"))))
                .isNull();
    }

    @Test
    void aCommitAfterAnExceptionIsStillACommit() {
        TransactionSystemException commit =
                thrownBy("doCommit", new TransactionSystemException("?", new SQLException("lost", "08006")));
        commit.initApplicationException(new IOException("doesn't roll back"));

        assertVerdict(commit, Kind.NOT_IDEMPOTENT, Signal.FAILURE);
    }

    private static TransactionSystemException rollback(Throwable cause, Throwable reason) {
        TransactionSystemException failure = new TransactionSystemException("JDBC rollback failed", cause);
        failure.initApplicationException(reason);
        return failure;
    }

    private static <T extends Throwable> T thrownBy(String phase, T failure) {
        failure.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("org.springframework.orm.jpa.JpaTransactionManager", phase, null, 1)
        });
        return failure;
    }

    private void assertVerdict(Throwable failure, Kind kind, Signal signal) {
        assertThat(judged(failure)).isEqualTo(Verdict.of(kind, signal));
    }

    /** As policies ask: commits first, then the book. */
    private @Nullable Verdict judged(Throwable failure) {
        Verdict commit = classifier.classify(failure);
        return commit == null ? FailureBook.standard().classify(failure) : commit;
    }
}
