package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.RetryListener;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.RetryHint;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.failure.book.FailureBook;
import dev.retrykit.time.ManualTime;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A listener is told of each attempt that failed, once, and what decided. */
class FailedAttemptTests {

    private record Told(String policy, Throwable failure, Verdict verdict) {}

    private static final class Listener implements RetryListener {

        private final List<Told> told = new ArrayList<>();

        @Override
        public void onEvent(RetryEvent event) {
            // another test's business
        }

        @Override
        public void onFailure(String policy, Throwable failure, Verdict verdict) {
            told.add(new Told(policy, failure, verdict));
            throw new AssertionError("a listener that throws changes nothing");
        }

        List<Throwable> failures() {
            return told.stream().map(Told::failure).toList();
        }

        String rule() {
            return told.get(told.size() - 1).verdict().rule();
        }
    }

    private final Listener listener = new Listener();
    private final ManualTime time = new ManualTime();

    private Retry retry(RetryPolicy.Builder policy) {
        return retry("inventory", policy);
    }

    private Retry retry(String name, RetryPolicy.Builder policy) {
        return Retry.builder(name)
                .policy(policy.build())
                .budget(RetryBudget.of(name, BudgetPolicy.unlimited(), time))
                .timeSource(time)
                .executor(Runnable::run)
                .listener(listener)
                .build();
    }

    private Verdict judged(RetryPolicy.Builder policy, Throwable failure) {
        return judged(retry(policy.maxAttempts(1)), failure);
    }

    private Verdict judged(Retry retry, Throwable failure) {
        assertThatThrownBy(() -> retry.run(() -> {
                    throw failure;
                }))
                .isSameAs(failure);
        return listener.told.get(listener.told.size() - 1).verdict();
    }

    @ParameterizedTest
    @EnumSource(CoreStyle.class)
    void eachFailedAttemptIsToldOnceWhateverFollowsIt(CoreStyle style) {
        Scenario scenario = new Scenario();
        ConnectException first = new ConnectException("1");
        IllegalStateException second = new IllegalStateException("2");
        scenario.attemptsThrow(first, second);
        scenario.settings.add(builder -> builder.listener(listener));
        scenario.stops(StopReason.NOT_RETRYABLE, 2, second);
        scenario.delays("100 BACKOFF");

        scenario.play(style);

        assertThat(listener.failures()).containsExactly(first, second);
        assertThat(listener.told).extracting(Told::policy).containsOnly("scenario");
        assertThat(listener.told)
                .extracting(told -> told.verdict().kind())
                .containsExactly(Kind.RETRYABLE, Kind.UNKNOWN);
    }

    @ParameterizedTest
    @EnumSource(CoreStyle.class)
    void anAttemptThatSucceedsIsNotTold(CoreStyle style) {
        Scenario scenario = new Scenario();
        ConnectException failure = new ConnectException("1");
        scenario.attemptsThrowThenReturn("second", failure);
        scenario.settings.add(builder -> builder.listener(listener));

        scenario.make(style);

        assertThat(listener.failures()).containsExactly(failure);
    }

    @Test
    void aCancelledAttemptIsNotTold() {
        CompletableFuture<Object> running = new CompletableFuture<>();
        CompletionStage<Object> call = retry(Scenario.plainPolicy()).callAsync(() -> running);

        call.toCompletableFuture().cancel(true);
        running.completeExceptionally(new ConnectException("late"));

        assertThat(listener.told).isEmpty();
    }

    @Test
    void anAttemptThatEndsAfterItsTimeIsToldOnce() {
        CompletableFuture<Object> running = new CompletableFuture<>();
        CompletionStage<Object> call = retry(
                        Scenario.plainPolicy().maxAttempts(1).attemptTimeout(Duration.ofSeconds(1)))
                .callAsync(() -> running);

        time.advance(Duration.ofSeconds(1));
        running.completeExceptionally(new ConnectException("late"));

        assertThat(call.toCompletableFuture()).isCompletedExceptionally();
        assertThat(listener.failures()).singleElement().isInstanceOf(AttemptTimeoutException.class);
        assertThat(listener.rule()).isEqualTo("attempt-timeout");
    }

    @Test
    void aBadValueIsNoFailure() {
        Object value = retry(Scenario.plainPolicy().resultClassifier(result -> Verdict.retryable()))
                .call(() -> "bad");

        assertThat(value).isEqualTo("bad");
        assertThat(listener.told).isEmpty();
    }

    @Test
    void whatACallInsideGaveUpOnIsToldToBoth() {
        Retry inner = retry("inner", Scenario.plainPolicy().maxAttempts(2));
        Retry outer = retry("outer", Scenario.plainPolicy());

        assertThatThrownBy(() -> outer.run(() -> inner.run(() -> {
                    throw new ConnectException("down");
                })))
                .isInstanceOf(ConnectException.class);

        assertThat(listener.told)
                .extracting(told -> told.policy() + " " + told.verdict().kind() + " "
                        + told.verdict().rule())
                .containsExactly(
                        "inner RETRYABLE the JDK's rules: the network or a timeout",
                        "inner RETRYABLE the JDK's rules: the network or a timeout",
                        "outer NESTED an inner policy that gave up");
    }

    @Test
    void theRuleIsTheSettingThatDecided() {
        RetryPolicy.Builder policy = RetryPolicy.builder()
                .retryOn(IllegalStateException.class, SQLException.class)
                .abortOn(ConnectException.class);

        assertThat(judged(policy, new ConnectException("down")).rule()).isEqualTo("abort-on");
        assertThat(judged(policy, new IllegalStateException("odd")).rule()).isEqualTo("retry-on");
        assertThat(judged(policy, new FileNotFoundException("gone")).rule())
                .isEqualTo("the JDK's rules: an address or a file");
        assertThat(judged(policy, new UnsupportedOperationException("odd")).rule())
                .isNull();
        assertThat(judged(policy, new StackOverflowError()).rule()).isEqualTo("an Error");
        Verdict once = judged(policy, new SQLException("lost", "08007"));
        assertThat(once.kind()).isEqualTo(Kind.NOT_IDEMPOTENT);
        assertThat(once.rule()).as("what kept retry-on from deciding").startsWith("SQL state 08007");
    }

    @Test
    void theRuleIsTheEffectThatKeptTheAttemptFromBeingRepeated() {
        Retry retry = retry(Scenario.plainPolicy());
        ConnectException down = new ConnectException("down");

        for (boolean commits : new boolean[] {true, false}) {
            assertThatThrownBy(() -> retry.run(() -> {
                        RetryContext attempt = RetryContext.current().orElseThrow();
                        if (commits) {
                            attempt.commit("a transaction");
                        } else {
                            attempt.sideEffect("POST /orders", false);
                        }
                        throw down;
                    }))
                    .isSameAs(down);
        }

        assertThat(listener.told)
                .extracting(
                        told -> told.verdict().kind() + " by " + told.verdict().rule())
                .containsExactly(
                        "NOT_IDEMPOTENT by a commit in the attempt",
                        "NOT_IDEMPOTENT by a request without an idempotency key");
    }

    @Test
    void theRuleIsTheHint() {
        class Hinted extends RuntimeException implements RetryHint {

            private static final long serialVersionUID = 1;

            @Override
            public boolean retryable() {
                return true;
            }

            @Override
            public Optional<Duration> retryAfter() {
                return Optional.of(Duration.ofSeconds(1));
            }
        }

        assertThat(judged(RetryPolicy.builder(), new Hinted()).rule()).isEqualTo("the failure's own RetryHint");
    }

    private static final class Classifier implements FailureClassifier {

        @Override
        public Verdict classify(Throwable failure) {
            return Verdict.retryable();
        }
    }

    @Test
    void aClassifierWithoutARuleIsNamed() {
        IOException failure = new IOException("odd");

        assertThat(judged(RetryPolicy.builder().classifier(new Classifier()), failure)
                        .rule())
                .isEqualTo("FailureClassifier dev.retrykit.FailedAttemptTests$Classifier");
        assertThat(judged(RetryPolicy.builder().classifier(any -> Verdict.retryable()), failure)
                        .rule())
                .as("a lambda's class is random")
                .isEqualTo("FailureClassifier dev.retrykit.FailedAttemptTests");
        assertThat(judged(
                                RetryPolicy.builder()
                                        .classifier(any -> Verdict.retryable().by("the moon")),
                                failure)
                        .rule())
                .isEqualTo("the moon");
        assertThat(judged(RetryPolicy.builder().knownFailures(false).classifier(new Classifier()), failure)
                        .rule())
                .isEqualTo("FailureClassifier dev.retrykit.FailedAttemptTests$Classifier");
        assertThat(judged(
                                RetryPolicy.builder().classifier(any -> {
                                    throw new IllegalStateException("broken");
                                }),
                                failure)
                        .rule())
                .isEqualTo("a FailureClassifier that failed");
    }

    @Test
    void aListOfStatusesDecidesWhateverASourceOfAStatusSays() {
        FailureClassifier answers = any -> new Verdict(Kind.RETRYABLE, Signal.FAILURE, Verdict.NO_HINT, 503);
        RetryPolicy.Builder policy = RetryPolicy.builder().classifier(answers).statuses(List.of(502));

        Verdict verdict = judged(policy, new IOException("503"));

        assertThat(verdict.kind()).isEqualTo(Kind.NOT_RETRYABLE);
        assertThat(verdict.rule()).isEqualTo("statuses: the policy's list");
    }

    @Test
    void theRuleIsTheLine() {
        FailureBook lines = FailureBook.of(
                Map.of("java.lang.IllegalStateException", "says(busy |  full) =\n transient"), Instant::now);

        assertThat(judged(RetryPolicy.builder().classifier(lines), new IllegalStateException("full"))
                        .rule())
                .isEqualTo("java.lang.IllegalStateException: says(busy | full) = transient");
    }

    @Test
    void ofALineThatMayNotBeShownAnotherTextIs() {
        String type = "java.lang.IllegalStateException";
        FailureBook lines = FailureBook.of(
                Map.of(type, "says(hunter2) = transient"), Map.of(type, "says(${secret}) = transient"), Instant::now);

        assertThat(judged(RetryPolicy.builder().classifier(lines), new IllegalStateException("hunter2"))
                        .rule())
                .isEqualTo(type + ": says(${secret}) = transient");
        assertThat(lines.lines().toString()).doesNotContain("hunter2");
    }

    @Test
    void anAnswerThatDecidesIsNamed() {
        Retry retry = retry(RetryPolicy.builder().maxAttempts(1));
        assertThatThrownBy(() -> retry.run(() -> {
                    RetryContext.current().orElseThrow().requests().answered("shop:80", 503, name -> List.of());
                    throw new IllegalStateException("translated");
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(listener.rule()).isEqualTo("the last response of the attempt");
    }
}
