package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.failure.Verdict;
import dev.retrykit.time.Nanos;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RetryPolicyTests {

    @Test
    void theDefaultsAreThoseOfTheDocumentation() {
        RetryPolicy defaults = RetryPolicy.defaults();
        assertThat(defaults.maxAttempts()).isEqualTo(3);
        assertThat(defaults.backoff()).hasToString("EXPONENTIAL from PT0.2S up to PT10S");
        assertThat(defaults.backoff().multiplier()).isEqualTo(2);
        assertThat(defaults.jitter()).isEqualTo(Jitter.DECORRELATED);
        assertThat(defaults.timeBudget()).isEqualTo(Duration.ofSeconds(30));
        assertThat(defaults.attemptTimeout()).isEmpty();
        assertThat(defaults.respectsRetryAfter()).isTrue();
        assertThat(defaults.maxRetryAfter()).isEqualTo(Duration.ofSeconds(10));
        assertThat(defaults.nested()).isEqualTo(NestedRetries.ONCE);
    }

    @Test
    void theDefaultJitterGivesWayToAStrategy() {
        BackoffPolicy written = BackoffPolicy.exponential(Duration.ofMillis(200), 2, Duration.ofSeconds(10));
        assertThat(RetryPolicy.builder().backoff(written).build().jitter()).isEqualTo(Jitter.EQUAL);
        assertThat(RetryPolicy.builder()
                        .delay((retry, previous) -> Duration.ZERO)
                        .build()
                        .jitter())
                .isEqualTo(Jitter.EQUAL);
        RetryPolicy delays = RetryPolicy.builder()
                .backoff(Duration.ofMillis(50), Duration.ofSeconds(1))
                .build();
        assertThat(delays.jitter()).isEqualTo(Jitter.DECORRELATED);
        assertThat(delays.backoff()).hasToString("EXPONENTIAL from PT0.05S up to PT1S");
        assertThat(RetryPolicy.builder()
                        .backoff(written)
                        .jitter(Jitter.FULL)
                        .build()
                        .jitter())
                .isEqualTo(Jitter.FULL);
    }

    @Test
    void keepsWhatItWasGiven() {
        BackoffPolicy backoff = BackoffPolicy.fixed(Duration.ofMillis(5));
        RetryPolicy policy = RetryPolicy.builder()
                .maxAttempts(7)
                .backoff(backoff)
                .jitter(Jitter.EQUAL)
                .timeBudget(Duration.ofSeconds(9))
                .attemptTimeout(Duration.ofSeconds(2))
                .retryAfter(false, Duration.ofSeconds(3))
                .nested(NestedRetries.MULTIPLY)
                .build();
        assertThat(policy.maxAttempts()).isEqualTo(7);
        assertThat(policy.backoff()).isSameAs(backoff);
        assertThat(policy.jitter()).isEqualTo(Jitter.EQUAL);
        assertThat(policy.timeBudget()).isEqualTo(Duration.ofSeconds(9));
        assertThat(policy.attemptTimeout()).hasValue(Duration.ofSeconds(2));
        assertThat(policy.respectsRetryAfter()).isFalse();
        assertThat(policy.maxRetryAfter()).isEqualTo(Duration.ofSeconds(3));
        assertThat(policy.nested()).isEqualTo(NestedRetries.MULTIPLY);
    }

    static Stream<Arguments> rejected() {
        return Stream.of(
                rejects(
                        p -> p.maxAttempts(0),
                        "maxAttempts must be 1 or more (it counts the first attempt), but was 0"),
                rejects(
                        p -> p.maxAttempts(-1),
                        "maxAttempts must be 1 or more (it counts the first attempt), but was -1"),
                rejects(p -> p.attemptTimeout(Duration.ZERO), "attemptTimeout must be above zero, but was PT0S"),
                rejects(
                        p -> p.attemptTimeout(Duration.ofMillis(-1)),
                        "attemptTimeout must be above zero, but was PT-0.001S"),
                rejects(p -> p.timeBudget(Duration.ZERO), "timeBudget must be above zero, but was PT0S"),
                rejects(p -> p.timeBudget(Duration.ofSeconds(-3)), "timeBudget must be above zero, but was PT-3S"),
                rejects(
                        p -> p.attemptTimeout(Duration.ofSeconds(3)).timeBudget(Duration.ofSeconds(2)),
                        "attemptTimeout must not be above timeBudget, PT2S, but was PT3S"),
                rejects(
                        p -> p.retryAfter(true, Duration.ofNanos(-1)),
                        "retryAfter max must be zero or more, but was PT-0.000000001S"));
    }

    private static Arguments rejects(Consumer<RetryPolicy.Builder> setting, String message) {
        return arguments(setting, message);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("rejected")
    void rejectsWhatMakesNoSense(Consumer<RetryPolicy.Builder> setting, String message) {
        RetryPolicy.Builder builder = RetryPolicy.builder();
        setting.accept(builder);
        assertThatIllegalArgumentException().isThrownBy(builder::build).withMessage(message);
    }

    static Stream<Consumer<RetryPolicy.Builder>> missing() {
        return Stream.of(
                p -> p.backoff(null),
                p -> p.delay(null),
                p -> p.jitter(null),
                p -> p.timeBudget(null),
                p -> p.classifier(null),
                p -> p.retryAfter(true, null),
                p -> p.nested(null));
    }

    @ParameterizedTest
    @MethodSource("missing")
    void rejectsNullWhereItIsGiven(Consumer<RetryPolicy.Builder> setting) {
        assertThatNullPointerException().isThrownBy(() -> setting.accept(RetryPolicy.builder()));
    }

    static Stream<Arguments> attemptTimeouts() {
        return Stream.of(
                arguments(3, Duration.ofSeconds(2), Duration.ofSeconds(30)),
                arguments(3, Duration.ofSeconds(30), Duration.ofSeconds(30)),
                arguments(3, Duration.ofSeconds(31), Duration.ofSeconds(93)),
                arguments(1, Duration.ofSeconds(31), Duration.ofSeconds(31)),
                arguments(Integer.MAX_VALUE, Duration.ofDays(1), Duration.ofNanos(Nanos.UNLIMITED)),
                arguments(1, Duration.ofNanos(Nanos.UNLIMITED), Duration.ofNanos(Nanos.UNLIMITED)));
    }

    @ParameterizedTest
    @MethodSource("attemptTimeouts")
    void theTimeBudgetFollowsFromAnAttemptTimeoutThatIsLongerThanTheDefault(
            int attempts, Duration attemptTimeout, Duration timeBudget) {
        RetryPolicy policy = RetryPolicy.builder()
                .maxAttempts(attempts)
                .attemptTimeout(attemptTimeout)
                .build();
        assertThat(policy.timeBudget()).isEqualTo(timeBudget);
    }

    @Test
    void anAttemptTimeoutMayBeAsLongAsTheTimeBudget() {
        RetryPolicy policy = RetryPolicy.builder()
                .attemptTimeout(Duration.ofSeconds(2))
                .timeBudget(Duration.ofSeconds(2))
                .build();
        assertThat(policy.timeBudget()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void laterChangesOfTheBuilderDoNotReachAPolicy() {
        RetryPolicy.Builder builder = RetryPolicy.builder().retryOn(List.of(IOException.class));
        RetryPolicy policy = builder.build();
        builder.maxAttempts(99).retryOn().abortOn(IOException.class).classifier(failure -> {
            throw new AssertionError("added later");
        });
        assertThat(policy.maxAttempts()).isEqualTo(3);
        IOException failure = new IOException("retried");
        assertThat(policy.classify(failure).kind()).hasToString("RETRYABLE");
        assertThat(failure.getSuppressed()).isEmpty();
    }

    @Test
    void anAttemptTimeoutWithoutEndContradictsNoDefault() {
        Duration endless = Duration.ofSeconds(Long.MAX_VALUE);
        assertThat(RetryPolicy.builder().attemptTimeout(endless).build().attemptTimeout())
                .hasValue(endless);
    }

    @Test
    void aBuilderStartsFromAnotherPolicyAndLeavesItAsItIs() {
        RetryPolicy policy = RetryPolicy.builder()
                .maxAttempts(4)
                .attemptTimeout(Duration.ofSeconds(2))
                .retryIf(failure -> failure instanceof IllegalStateException)
                .build();

        RetryPolicy.Builder builder = policy.toBuilder();
        RetryPolicy other = builder.maxAttempts(5).retryIf(failure -> true).build();
        builder.abortIf(failure -> true);

        assertThat(policy.maxAttempts()).isEqualTo(4);
        assertThat(other.maxAttempts()).isEqualTo(5);
        assertThat(other.attemptTimeout()).hasValue(Duration.ofSeconds(2));
        assertThat(policy.classify(new IllegalArgumentException()).kind()).isNotEqualTo(Verdict.Kind.RETRYABLE);
        assertThat(policy.toBuilder()
                        .build()
                        .classify(new IllegalStateException())
                        .kind())
                .isEqualTo(Verdict.Kind.RETRYABLE);
        assertThat(other.classify(new IllegalArgumentException()).kind()).isEqualTo(Verdict.Kind.RETRYABLE);
    }

    @Test
    void predicatesSelectAFailureOrOneOfItsCauses() {
        RetryPolicy policy = RetryPolicy.builder()
                .retryIf(failure -> "later".equals(failure.getMessage()))
                .abortIf(failure -> "never".equals(failure.getMessage()))
                .build();

        assertThat(policy.classify(new IllegalStateException("later")).kind()).isEqualTo(Verdict.Kind.RETRYABLE);
        assertThat(policy.classify(new IllegalStateException(new IllegalStateException("later")))
                        .kind())
                .isEqualTo(Verdict.Kind.RETRYABLE);
        assertThat(policy.classify(new java.net.ConnectException("never")).kind())
                .isEqualTo(Verdict.Kind.NOT_RETRYABLE);
        assertThat(policy.classify(new IllegalStateException("later", new IllegalStateException("never")))
                        .kind())
                .isEqualTo(Verdict.Kind.NOT_RETRYABLE);
        assertThat(policy.classify(new IllegalStateException("else")).kind()).isNotEqualTo(Verdict.Kind.RETRYABLE);
    }

    @Test
    void aPredicateThatFailsIsNoReasonToRetry() {
        RetryPolicy policy = RetryPolicy.builder()
                .retryIf(failure -> {
                    throw new IllegalStateException("broken");
                })
                .build();

        assertThat(policy.classify(new java.net.ConnectException("down")).kind())
                .isEqualTo(Verdict.Kind.NOT_RETRYABLE);
    }

    @Test
    void aResultIsRetriedThatAPredicateAccepts() {
        Retry retry = Retry.builder("results")
                .policy(RetryPolicy.builder()
                        .retryOnResult(result -> result == null || result.equals("not yet"))
                        .maxAttempts(3)
                        .build())
                .timeSource(new dev.retrykit.time.ManualTime())
                .build();
        java.util.Iterator<String> results =
                java.util.Arrays.asList("not yet", null, "ready").iterator();

        assertThat(retry.call(results::next)).isEqualTo("ready");
    }

    @Test
    void theOtherPoliciesHaveSuchABuilderToo() {
        assertThat(BudgetPolicy.of(0.5, Duration.ofSeconds(20), 7).toBuilder()
                        .reserve(8)
                        .build())
                .extracting(BudgetPolicy::ratio, BudgetPolicy::window, BudgetPolicy::reserve)
                .containsExactly(0.5, Duration.ofSeconds(20), 8);
        assertThat(CircuitPolicy.builder().minimumCalls(30).build().toBuilder()
                        .probes(4)
                        .build())
                .extracting(CircuitPolicy::minimumCalls, CircuitPolicy::probes)
                .containsExactly(30, 4);
    }
}
