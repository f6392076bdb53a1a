package dev.retrykit.failures;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.RetryPolicy;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.RetryHint;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.failure.book.FailureBook;
import dev.retrykit.spring.failure.DataFailures;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.TransactionSystemException;

/** If a rollback fails too, all rules of a policy judge the reason for the rollback, and not only the failure book. */
class RollbackReasonTests {

    private static final FailureClassifier NO =
            failure -> failure instanceof OutOfStock ? Verdict.notRetryable() : null;
    private static final FailureClassifier YES = failure -> failure instanceof OutOfStock ? Verdict.retryable() : null;
    private static final String TYPE = OutOfStock.class.getName();

    enum Thrower {
        JDBC {
            @Override
            Exception rollback(Exception reason) {
                TransactionSystemException failure =
                        new TransactionSystemException("?", new SQLException("?", "XX000"));
                failure.initApplicationException(reason);
                return failure;
            }
        },
        R2DBC {
            @Override
            Exception rollback(Exception reason) {
                Exception failure = new DataAccessResourceFailureException("R2DBC rollback; ?");
                failure.addSuppressed(reason);
                return failure;
            }
        };

        abstract Exception rollback(Exception reason);
    }

    static Stream<Consumer<RetryPolicy.Builder>> forbid() {
        return Stream.of(
                policy -> policy.abortOn(OutOfStock.class),
                policy -> policy.abortIf(OutOfStock.class::isInstance),
                policy -> policy.classifier(NO),
                policy -> policy.classifier(FailureBook.of(Map.of(TYPE, "answered"), Instant::now)));
    }

    static Stream<Consumer<RetryPolicy.Builder>> allow() {
        return Stream.of(
                policy -> policy.retryOn(OutOfStock.class),
                policy -> policy.retryIf(OutOfStock.class::isInstance),
                policy -> policy.classifier(YES),
                policy -> policy.classifier(FailureBook.of(Map.of(TYPE, "transient"), Instant::now)));
    }

    @ParameterizedTest
    @MethodSource("forbid")
    void theReasonIsNotRetriedIfThePolicySaysSo(Consumer<RetryPolicy.Builder> rule) {
        for (Thrower thrower : Thrower.values()) {
            assertThat(judge(rule, thrower.rollback(new OutOfStock(new SQLException("?", "08006")))))
                    .isEqualTo(Kind.NOT_RETRYABLE);
        }
    }

    @ParameterizedTest
    @MethodSource("allow")
    void theReasonIsRetriedIfThePolicySaysSo(Consumer<RetryPolicy.Builder> rule) {
        for (Thrower thrower : Thrower.values()) {
            assertThat(judge(rule, thrower.rollback(new OutOfStock(null)))).isEqualTo(Kind.RETRYABLE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theReasonMayHaveAHint(Thrower thrower) {
        assertThat(judge(policy -> {}, thrower.rollback(new Busy()))).isEqualTo(Kind.RETRYABLE);
    }

    @ParameterizedTest
    @EnumSource
    void anUnknownReasonLeavesItToTheRollback(Thrower thrower) {
        assertThat(judge(policy -> {}, thrower.rollback(new OutOfStock(null)))).isEqualTo(Kind.UNKNOWN);
    }

    @ParameterizedTest
    @EnumSource
    void namingTheRollbackItselfCountsMore(Thrower thrower) {
        Exception failure = thrower.rollback(new OutOfStock(null));

        assertThat(judge(policy -> policy.retryOn(failure.getClass()).classifier(NO), failure))
                .isEqualTo(Kind.RETRYABLE);
    }

    @ParameterizedTest
    @EnumSource
    void nothingMakesAnUnknownEffectRepeatable(Thrower thrower) {
        Exception failure = thrower.rollback(new OutOfStock(new SQLException("?", "08007")));

        assertThat(judge(policy -> policy.retryOn(OutOfStock.class), failure)).isEqualTo(Kind.NOT_IDEMPOTENT);
    }

    private static Kind judge(Consumer<RetryPolicy.Builder> rule, Throwable failure) {
        RetryPolicy.Builder policy = RetryPolicy.builder();
        rule.accept(policy);
        return policy.classifier(new DataFailures()).build().classify(failure).kind();
    }

    static class OutOfStock extends RuntimeException {
        OutOfStock(@Nullable Throwable cause) {
            super(cause);
        }
    }

    static class Busy extends RuntimeException implements RetryHint {
        @Override
        public boolean retryable() {
            return true;
        }
    }
}
