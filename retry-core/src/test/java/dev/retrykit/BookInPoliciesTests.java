package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.failure.RetryHint;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.failure.book.FailureBook;
import dev.retrykit.http.RetryAfter;
import dev.retrykit.internal.decision.AnswerNotes;
import dev.retrykit.internal.decision.PeerAnswer;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever calls a failure transient: what may have been done isn't repeated. */
class BookInPoliciesTests {

    private static final String POST = "method(method), status(status, headers), cause";

    /** As an HTTP client nobody watches throws it. */
    public static class Answered extends RuntimeException {

        private final String method;
        private final int status;

        Answered(String method, int status, Throwable cause) {
            super("answered", cause);
            this.method = method;
            this.status = status;
        }

        public String method() {
            return method;
        }

        public int status() {
            return status;
        }

        public Map<String, String> headers() {
            return Map.of("X-RateLimit-Reset", "0");
        }
    }

    /** A library's that has retried by itself. */
    public static class Retried extends RuntimeException {

        Retried(Throwable cause) {
            super(cause);
        }

        public int attempts() {
            return 3;
        }
    }

    public static class Wrapped extends RuntimeException {

        Wrapped(Throwable cause) {
            super(cause);
        }
    }

    /** Of several parts, each of which may have failed. */
    public static class Batch extends RuntimeException {

        final List<Throwable> parts = new ArrayList<>();

        public List<Throwable> parts() {
            return parts;
        }
    }

    private static final class Hinted extends RuntimeException implements RetryHint {

        Hinted(Throwable cause) {
            super(cause);
        }

        @Override
        public boolean retryable() {
            return true;
        }

        @Override
        public Optional<Duration> retryAfter() {
            return Optional.of(Duration.ofMillis(1));
        }
    }

    /** Asks the policy about itself. */
    public static class Recursive extends RuntimeException {

        @Nullable
        RetryPolicy policy;

        int reads;

        public boolean isTransient() {
            reads++;
            return Objects.requireNonNull(policy).classify(this).kind() == Kind.RETRYABLE;
        }
    }

    private static FailureBook lines(Object... typesAndLines) {
        Map<String, String> lines = new HashMap<>();
        for (int i = 0; i < typesAndLines.length; i += 2) {
            lines.put(((Class<?>) typesAndLines[i]).getName(), (String) typesAndLines[i + 1]);
        }
        return FailureBook.of(lines, () -> Instant.EPOCH);
    }

    private static RetryPolicy policy(FailureBook own, UnaryOperator<RetryPolicy.Builder> more) {
        return more.apply(RetryPolicy.builder().classifier(own)).build();
    }

    private static Kind kind(FailureBook own, UnaryOperator<RetryPolicy.Builder> more, Throwable failure) {
        return policy(own, more).classify(failure).kind();
    }

    private static Kind kind(FailureBook own, Throwable failure) {
        return kind(own, policy -> policy, failure);
    }

    @Test
    void anAttemptThatWasCutMayHaveHadItsEffect() {
        AttemptTimeoutException late =
                new AttemptTimeoutException("p", Duration.ofSeconds(1), new SQLException("late", "40003"));

        assertThat(RetryPolicy.defaults().classify(late).kind()).isEqualTo(Kind.NOT_IDEMPOTENT);
        assertThat(RetryPolicy.defaults()
                        .classify(new AttemptTimeoutException(
                                "p", Duration.ofSeconds(1), new SQLException("late", "23505")))
                        .kind())
                .isEqualTo(Kind.RETRYABLE);
    }

    @Test
    void theAnswerToAnotherRequestDoesNotRefuseAPost() {
        AnswerNotes answers = new AnswerNotes();
        answers.note(new PeerAnswer(429, new RetryAfter(0, false)));
        Answered failure = new Answered("POST", 0, new SocketTimeoutException("Read timed out"));
        RetryPolicy policy = policy(lines(Answered.class, POST), builder -> builder);

        assertThat(policy.compiled().rules().classify(failure, answers).kind()).isEqualTo(Kind.NOT_IDEMPOTENT);
    }

    @Test
    void aTimeThatTheAnswerDoesNotNameDoesNotRefuseAPost() {
        Answered unavailable = new Answered("POST", 503, new ConnectException());
        FailureBook own = lines(Answered.class, POST);

        assertThat(kind(own, unavailable)).isEqualTo(Kind.NOT_IDEMPOTENT);
        assertThat(kind(own, new Hinted(unavailable))).isEqualTo(Kind.NOT_IDEMPOTENT);
    }

    @Test
    void nobodyButThePolicyMakesAPostRepeatable() {
        Answered failure = new Answered("POST", 503, new ConnectException());
        FailureBook own = lines(Answered.class, POST);

        assertThat(kind(own, policy -> policy.retryOn(Answered.class), failure)).isEqualTo(Kind.NOT_IDEMPOTENT);
        assertThat(kind(own, policy -> policy.statuses(List.of(503)), failure)).isEqualTo(Kind.NOT_IDEMPOTENT);
        assertThat(kind(own, policy -> policy.classifier(any -> Verdict.retryable()), failure))
                .isEqualTo(Kind.NOT_IDEMPOTENT);
        assertThat(kind(own, policy -> policy.unsafeMethods(UnsafeMethods.NEVER), failure))
                .isEqualTo(Kind.NOT_IDEMPOTENT);
        assertThat(kind(own, policy -> policy.unsafeMethods(UnsafeMethods.ALWAYS), failure))
                .isEqualTo(Kind.RETRYABLE);
        assertThat(kind(own, policy -> policy.idempotent(true), failure)).isEqualTo(Kind.RETRYABLE);
    }

    @ParameterizedTest
    @EnumSource(NestedRetries.class)
    void aLostCommitIsNotRepeatedWhateverHasRetriedAroundIt(NestedRetries nested) {
        SQLException lost = new SQLException("lost", "08006");
        lost.setStackTrace(new StackTraceElement[] {new StackTraceElement("com.acme.Connection", "commit", null, 1)});
        FailureBook own = lines(Retried.class, "attempts(attempts), cause");

        assertThat(kind(own, policy -> policy.nested(nested), new Retried(lost)))
                .isEqualTo(Kind.NOT_IDEMPOTENT);
    }

    @Test
    void whatALibraryHasRetriedIsNotRetriedAgain() {
        Retried failure = new Retried(new ConnectException());
        FailureBook own = lines(Retried.class, "attempts(attempts), cause");

        assertThat(kind(own, failure)).isEqualTo(Kind.NESTED);
        assertThat(kind(own, policy -> policy.retryOn(Retried.class), failure)).isEqualTo(Kind.NESTED);
        assertThat(kind(own, policy -> policy.nested(NestedRetries.MULTIPLY), failure))
                .isEqualTo(Kind.RETRYABLE);
    }

    @Test
    void aLineThatSaysNoDoesNotHideAnUnknownEffect() {
        Wrapped failure = new Wrapped(new SQLException("?", "08007"));
        FailureBook own = lines(Wrapped.class, "permanent");

        assertThat(kind(own, failure)).isEqualTo(Kind.NOT_RETRYABLE);
        assertThat(kind(own, policy -> policy.retryOn(Wrapped.class), failure)).isEqualTo(Kind.NOT_IDEMPOTENT);
        assertThat(kind(own, policy -> policy.retryOn(Wrapped.class).idempotent(true), failure))
                .isEqualTo(Kind.RETRYABLE);
    }

    @Test
    void aLineThatSaysYesDoesNotUndoAnUnknownEffectOrAnInterruption() {
        FailureBook own = lines(Wrapped.class, "transient");

        assertThat(kind(own, new Wrapped(new SQLException("?", "40003")))).isEqualTo(Kind.NOT_IDEMPOTENT);
        assertThat(kind(own, new Wrapped(new InterruptedException()))).isEqualTo(Kind.INTERRUPTED);
        assertThat(kind(own, new Wrapped(new IllegalStateException()))).isEqualTo(Kind.RETRYABLE);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 70, 200})
    void ofManyPartsNoneIsOverlooked(int transients) {
        Batch batch = new Batch();
        for (int i = 0; i < transients; i++) {
            batch.parts.add(new ConnectException());
        }
        batch.parts.add(new SQLException("?", "08007"));

        assertThat(kind(lines(Batch.class, "failures(parts)"), batch)).isEqualTo(Kind.NOT_IDEMPOTENT);
    }

    /** Each read would classify again, until the stack overflows, and then the next. */
    @Test
    void anAccessorThatClassifiesItsOwnFailureEnds() {
        Recursive failure = new Recursive();
        failure.policy =
                policy(lines(Recursive.class, "flag(isTransient), flag(isTransient) = answered"), more -> more);

        assertThat(failure.policy.classify(failure).kind()).isNotEqualTo(Kind.RETRYABLE);
        assertThat(failure.reads).isLessThan(100);
        assertThat(policy(lines(Retried.class, "transient"), more -> more)
                        .classify(new Retried(new IllegalStateException()))
                        .kind())
                .isEqualTo(Kind.RETRYABLE);
    }

    /** Thrown by a method that waits for a future. */
    @Test
    void aHintIsKnownInTheWrappersOfFutures() {
        RetryPolicy policy = RetryPolicy.builder().build();
        Hinted hinted = new Hinted(new IllegalStateException());

        for (Throwable failure : List.of(
                new CompletionException(hinted),
                new ExecutionException(hinted),
                new ExecutionException(new CompletionException(hinted)))) {
            assertThat(policy.classify(failure)).isEqualTo(policy.classify(hinted));
        }
        assertThat(policy.classify(new IllegalStateException(hinted)).kind()).isEqualTo(Kind.UNKNOWN);
    }
}
