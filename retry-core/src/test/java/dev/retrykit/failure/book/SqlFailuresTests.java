package dev.retrykit.failure.book;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.cert.CertificateException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlFailuresTests {

    private final FailureBook classifier = FailureBook.standard();

    @ParameterizedTest
    @CsvSource({
        "40001, RETRYABLE,      FAILURE",
        "40P01, RETRYABLE,      FAILURE",
        "08001, RETRYABLE,      FAILURE",
        "08003, RETRYABLE,      FAILURE",
        "08004, RETRYABLE,      FAILURE",
        "08006, RETRYABLE,      FAILURE",
        "08007, NOT_IDEMPOTENT, FAILURE",
        "40003, NOT_IDEMPOTENT, FAILURE",
        "22001, NOT_RETRYABLE,  SUCCESS",
        "23505, NOT_RETRYABLE,  SUCCESS",
        "42601, NOT_RETRYABLE,  SUCCESS",
        "40002, NOT_RETRYABLE,  SUCCESS",
        "28000, NOT_RETRYABLE,  NONE",
        "28P01, NOT_RETRYABLE,  NONE",
        "08000, RETRYABLE,      FAILURE",
        "53300, RETRYABLE,      THROTTLED",
        "55P03, RETRYABLE,      FAILURE",
        "57014, RETRYABLE,      FAILURE",
        "57P01, RETRYABLE,      FAILURE",
        "0A000, NOT_RETRYABLE,  SUCCESS",
        "40000, RETRYABLE,      FAILURE",
    })
    void theStateDecides(String state, Kind kind, Signal signal) {
        assertVerdict(new SQLException("?", state), kind, signal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"08007", "40003"})
    void theStateDecidesBeforeTheType(String state) {
        assertVerdict(new SQLTransientConnectionException("?", state), Kind.NOT_IDEMPOTENT, Signal.FAILURE);
        assertVerdict(new SQLRecoverableException("?", state), Kind.NOT_IDEMPOTENT, Signal.FAILURE);
    }

    static Stream<SQLException> transientTypes() {
        return Stream.of(
                new SQLTransientException(),
                new SQLTransientConnectionException("pool is empty"),
                new SQLTransactionRollbackException("deadlock", "61000"),
                new SQLTimeoutException(),
                new SQLRecoverableException("connection lost", "08S01"));
    }

    @ParameterizedTest
    @MethodSource("transientTypes")
    void aTransientOrRecoverableTypeIsRetried(SQLException failure) {
        assertVerdict(failure, Kind.RETRYABLE, Signal.FAILURE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HY000", "XX000"})
    void aboutAnyOtherStateItHasNoOpinion(String state) {
        assertThat(classifier.classify(new SQLException("?", state))).isNull();
        assertThat(classifier.classify(new SQLNonTransientConnectionException("?", state)))
                .isNull();
    }

    @Test
    void withoutAStateItHasNoOpinion() {
        assertThat(classifier.classify(new SQLException("?"))).isNull();
    }

    @Test
    void isFoundInTheCauseChain() {
        assertVerdict(new RuntimeException(new SQLException("?", "40001")), Kind.RETRYABLE, Signal.FAILURE);
        assertVerdict(new RuntimeException(new SQLException("?", "08007")), Kind.NOT_IDEMPOTENT, Signal.FAILURE);
    }

    @Test
    void decidesBeforeWhatTheNetworkDid() {
        SQLException duplicate = new SQLIntegrityConstraintViolationException("duplicate", "23505");
        assertVerdict(new ConnectExceptionWith(duplicate), Kind.NOT_RETRYABLE, Signal.SUCCESS);
        assertVerdict(
                new SQLException("lost", "08007", new SocketException("Connection reset")),
                Kind.NOT_IDEMPOTENT,
                Signal.FAILURE);
        assertVerdict(
                new IllegalArgumentException(new SQLException("deadlock", "40P01")), Kind.RETRYABLE, Signal.FAILURE);
    }

    @Test
    void theFirstThatSaysAnythingDecides() {
        assertVerdict(
                new SQLException("?", "23505", new SQLException("?", "40001")), Kind.NOT_RETRYABLE, Signal.SUCCESS);
        assertVerdict(new SQLException("?", new SQLException("?", "40001")), Kind.RETRYABLE, Signal.FAILURE);
        assertVerdict(
                new BatchUpdateException("?", "HY000", new int[0], new SQLTransientException()),
                Kind.RETRYABLE,
                Signal.FAILURE);
    }

    @Test
    void whereNoneSaysAnythingTheNetworkIsAsked() {
        assertVerdict(
                new SQLNonTransientConnectionException("?", "08000", new ConnectException("Connection refused")),
                Kind.RETRYABLE,
                Signal.FAILURE);
        assertVerdict(
                new SQLException("?", new SocketTimeoutException("Read timed out")), Kind.RETRYABLE, Signal.FAILURE);
    }

    @Test
    void aCertificateOrAnInterruptionUnderneathComesFirst() {
        assertVerdict(new SQLException("?", "08001", new CertificateException()), Kind.NOT_RETRYABLE, Signal.FAILURE);
        assertVerdict(new SQLException("?", "08006", new InterruptedException()), Kind.INTERRUPTED, Signal.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "08006, NOT_IDEMPOTENT, FAILURE",
        "08003, NOT_IDEMPOTENT, FAILURE",
        "08000, NOT_IDEMPOTENT, FAILURE",
        "08007, NOT_IDEMPOTENT, FAILURE",
        "57P01, NOT_IDEMPOTENT, FAILURE",
        "'',    NOT_IDEMPOTENT, FAILURE",
        "40003, NOT_IDEMPOTENT, FAILURE",
        "40001, RETRYABLE,      FAILURE",
        "40P01, RETRYABLE,      FAILURE",
        "40002, NOT_RETRYABLE,  SUCCESS",
        "23505, NOT_RETRYABLE,  SUCCESS",
    })
    void aFailedCommitMayBeDoneUnlessTheDatabaseSaysOtherwise(String state, Kind kind, Signal signal) {
        assertVerdict(new DriversConnection(new SQLException("?", state)).commit(), kind, signal);
    }

    @Test
    void aFailedCommitMayBeDoneWhateverItsType() {
        assertVerdict(
                new DriversConnection(new SQLRecoverableException("lost")).commit(),
                Kind.NOT_IDEMPOTENT,
                Signal.FAILURE);
        assertVerdict(
                new DriversConnection(new SQLTimeoutException("too slow")).commit(),
                Kind.NOT_IDEMPOTENT,
                Signal.FAILURE);
    }

    @Test
    void aRolledBackCommitLeavesNothing() {
        assertVerdict(new DriversConnection(new SQLException("?", "40000")).commit(), Kind.RETRYABLE, Signal.FAILURE);
    }

    @Test
    void whatIsCalledCommitElsewhereIsNone() {
        assertVerdict(new Shop().commit(), Kind.RETRYABLE, Signal.FAILURE);
        assertVerdict(
                new DriversConnection(new SQLException("lost", "08006")).rollback(), Kind.RETRYABLE, Signal.FAILURE);
    }

    private void assertVerdict(Throwable failure, Kind kind, Signal signal) {
        assertThat(classifier.classify(failure)).isEqualTo(Verdict.of(kind, signal));
    }

    private static final class ConnectExceptionWith extends ConnectException {

        private static final long serialVersionUID = 1;

        ConnectExceptionWith(Throwable cause) {
            initCause(cause);
        }
    }

    /** Its name is in the stack trace, as a driver's would be. */
    private record DriversConnection(SQLException failure) {

        SQLException commit() {
            return thrownHere();
        }

        SQLException rollback() {
            return thrownHere();
        }

        private SQLException thrownHere() {
            failure.fillInStackTrace();
            return failure;
        }
    }

    private static final class Shop {

        SQLException commit() {
            return new SQLException("lost", "08006");
        }
    }
}
