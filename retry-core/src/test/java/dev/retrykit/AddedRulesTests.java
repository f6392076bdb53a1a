package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.RetryHint;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.http.RetryAfter;
import dev.retrykit.internal.decision.AnswerNotes;
import dev.retrykit.internal.decision.PeerAnswer;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a policy names is added to what is known, or taken away from it. */
class AddedRulesTests {

    private static final class Busy extends RuntimeException {

        private static final long serialVersionUID = 1;
    }

    private static final class Answered extends RuntimeException implements RetryHint {

        private static final long serialVersionUID = 1;

        @Override
        public boolean retryable() {
            return true;
        }
    }

    private static final class Status extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final int status;

        Status(int status) {
            this.status = status;
        }
    }

    private static final FailureClassifier STATUSES =
            failure -> failure instanceof Status answer ? Verdict.ofStatus(answer.status) : null;

    private static Verdict of(Throwable failure, UnaryOperator<RetryPolicy.Builder> settings) {
        return settings.apply(RetryPolicy.builder().classifier(STATUSES))
                .build()
                .classify(failure);
    }

    private static Kind kind(Throwable failure, UnaryOperator<RetryPolicy.Builder> settings) {
        return of(failure, settings).kind();
    }

    @Test
    void aNamedTypeIsAddedToWhatIsKnown() {
        UnaryOperator<RetryPolicy.Builder> busy = policy -> policy.retryOn(Busy.class);

        assertThat(kind(new Busy(), busy)).isEqualTo(Kind.RETRYABLE);
        assertThat(kind(new IllegalStateException(new Busy()), busy)).isEqualTo(Kind.RETRYABLE);
        assertThat(kind(new ConnectException(), busy)).isEqualTo(Kind.RETRYABLE);
        assertThat(kind(new TimeoutException(), busy)).isEqualTo(Kind.RETRYABLE);
        assertThat(kind(new Status(503), busy)).isEqualTo(Kind.RETRYABLE);
        assertThat(kind(new Status(404), busy)).isEqualTo(Kind.NOT_RETRYABLE);
        assertThat(kind(new FileNotFoundException(), busy)).isEqualTo(Kind.NOT_RETRYABLE);
        assertThat(kind(new IllegalStateException(), busy)).isEqualTo(Kind.UNKNOWN);
    }

    @Test
    void abortOnTakesAwayWhatIsKnownAndWhatIsNamed() {
        UnaryOperator<RetryPolicy.Builder> rules =
                policy -> policy.retryOn(Exception.class).abortOn(ConnectException.class, Busy.class);

        assertThat(kind(new ConnectException(), rules)).isEqualTo(Kind.NOT_RETRYABLE);
        assertThat(kind(new Busy(), rules)).isEqualTo(Kind.NOT_RETRYABLE);
        assertThat(kind(new TimeoutException(), rules)).isEqualTo(Kind.RETRYABLE);
    }

    @Test
    void oneLineRetriesEverythingButErrorsInterruptionAndWhatMustNotHappenTwice() {
        UnaryOperator<RetryPolicy.Builder> all = policy -> policy.retryOn(Exception.class);

        assertThat(kind(new Exception(), all)).isEqualTo(Kind.RETRYABLE);
        assertThat(kind(new IllegalArgumentException(), all)).isEqualTo(Kind.RETRYABLE);
        assertThat(kind(new Status(404), all)).isEqualTo(Kind.RETRYABLE);
        assertThat(kind(new OutOfMemoryError(), all)).isEqualTo(Kind.NOT_RETRYABLE);
        assertThat(kind(new InterruptedException(), all)).isEqualTo(Kind.INTERRUPTED);
        assertThat(kind(new SQLException("commit", "08007"), all)).isEqualTo(Kind.NOT_IDEMPOTENT);
    }

    @Test
    void anEmptyListAddsNothing() {
        assertThat(kind(new ConnectException(), policy -> policy.retryOn(List.of())))
                .isEqualTo(Kind.RETRYABLE);
    }

    @ParameterizedTest
    @CsvSource({"503, RETRYABLE", "418, RETRYABLE", "500, NOT_RETRYABLE", "404, NOT_RETRYABLE"})
    void aListOfStatusesRulesThemWhateverNamesTheFailure(int status, Kind kind) {
        UnaryOperator<RetryPolicy.Builder> listed = policy -> policy.statuses(List.of(503, 418));

        assertThat(kind(new Status(status), listed)).isEqualTo(kind);
        assertThat(kind(new Status(status), policy -> listed.apply(policy).retryOn(Exception.class)))
                .isEqualTo(kind);
        assertThat(kind(new Status(status), policy -> listed.apply(policy).knownFailures(false)))
                .isEqualTo(kind);
        assertThat(kind(new Busy(), policy -> listed.apply(policy).retryOn(Busy.class)))
                .isEqualTo(Kind.RETRYABLE);
    }

    @ParameterizedTest
    @CsvSource({"418, RETRYABLE", "503, NOT_RETRYABLE"})
    void aListOfStatusesRulesTheLastAnswerOfAnAttemptToo(int status, Kind kind) {
        AnswerNotes answers = new AnswerNotes();
        answers.note(new PeerAnswer(status, RetryAfter.none()));
        RetryPolicy listed = RetryPolicy.builder().statuses(List.of(418)).build();

        assertThat(listed.compiled().rules().classify(new Busy(), answers).kind())
                .isEqualTo(kind);
    }

    @Test
    void withoutKnowledgeOnlyWhatIsNamedIsRetried() {
        UnaryOperator<RetryPolicy.Builder> named =
                policy -> policy.knownFailures(false).retryOn(Busy.class);

        assertThat(kind(new Busy(), named)).isEqualTo(Kind.RETRYABLE);
        assertThat(kind(new Answered(), named)).isEqualTo(Kind.RETRYABLE);
        assertThat(kind(new Status(503), named)).isEqualTo(Kind.RETRYABLE);
        assertThat(kind(new ConnectException(), named)).isEqualTo(Kind.NOT_RETRYABLE);
        assertThat(kind(new TimeoutException(), named)).isEqualTo(Kind.NOT_RETRYABLE);
        assertThat(kind(new IllegalStateException(), named)).isEqualTo(Kind.NOT_RETRYABLE);
        assertThat(kind(new InterruptedException(), named)).isEqualTo(Kind.INTERRUPTED);
    }

    @Test
    void withoutKnowledgeTheAnswerOfAnAttemptSaysNothing() {
        AnswerNotes answers = new AnswerNotes();
        answers.note(new PeerAnswer(503, RetryAfter.none()));
        RetryPolicy named =
                RetryPolicy.builder().knownFailures(false).retryOn(Status.class).build();

        assertThat(named.compiled().rules().classify(new Busy(), answers).kind())
                .isEqualTo(Kind.NOT_RETRYABLE);
        assertThat(named.compiled().rules().classify(new Status(1), answers).kind())
                .isEqualTo(Kind.RETRYABLE);
    }

    @Test
    void whatTheDependencyIsToldToBeDoesNotDependOnThePolicy() {
        UnaryOperator<RetryPolicy.Builder> nothing = policy -> policy.knownFailures(false);

        assertThat(of(new Status(404), nothing).signal()).isEqualTo(Signal.SUCCESS);
        assertThat(of(new IllegalArgumentException(), nothing).signal()).isEqualTo(Signal.NONE);
        assertThat(of(new ConnectException(), nothing).signal()).isEqualTo(Signal.FAILURE);
    }
}
