package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.circuit.BlockScope;
import dev.retrykit.circuit.CircuitOpenException;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.circuit.OpenBehavior;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.ResultClassifier;
import dev.retrykit.failure.RetryHint;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.TimeBudgetSpentException;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The scenarios, in the order of the contract: what is transient, time, Retry-After, budget, circuit, nesting. */
public final class CallScenarios {

    private static final String BACKOFF = "100 BACKOFF";
    private static final ResultClassifier BUSY = result -> "busy".equals(result) ? Verdict.retryable() : null;

    private final List<Named> all = new ArrayList<>();

    private CallScenarios() {}

    /**
     * A scenario by name.
     *
     * @param judgesValues whether it makes no sense for a style that returns nothing
     */
    public record Named(String name, Consumer<Scenario> setup, boolean judgesValues) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** All of them. */
    public static List<Named> all() {
        CallScenarios scenarios = new CallScenarios();
        scenarios.results();
        scenarios.badValues();
        scenarios.exceptionRules();
        scenarios.hints();
        scenarios.brokenCallbacks();
        scenarios.exceptionInstances();
        scenarios.delays();
        scenarios.timeBudget();
        scenarios.retryBudget();
        scenarios.dryRun();
        scenarios.circuit();
        scenarios.circuitThatIsWaitedFor();
        scenarios.nested();
        scenarios.nestedDeadlines();
        scenarios.endsFromOutside();
        return scenarios.all;
    }

    private void scenario(String name, Consumer<Scenario> setup) {
        all.add(new Named(name, setup, false));
    }

    private void valueScenario(String name, Consumer<Scenario> setup) {
        all.add(new Named(name, setup, true));
    }

    private void results() {
        scenario("a first attempt that succeeds", s -> {
            s.body = attempt -> "first";
            s.returns("first", 1);
        });
        scenario("a null result", s -> {
            s.body = attempt -> null;
            s.returns(null, 1);
        });
        scenario("a second attempt that succeeds", s -> {
            s.attemptsThrowThenReturn("second", new ConnectException("1"));
            s.returns("second", 2);
            s.delays(BACKOFF);
        });
        scenario("a last attempt that returns null", s -> {
            s.attemptsThrowThenReturn(null, new ConnectException("1"), new ConnectException("2"));
            s.returns(null, 3);
            s.delays(BACKOFF, BACKOFF);
        });
        scenario("all attempts fail", s -> {
            ConnectException first = new ConnectException("1");
            TimeoutException second = new TimeoutException("2");
            SocketTimeoutException third = new SocketTimeoutException("3");
            s.attemptsThrow(first, second, third);
            s.stops(StopReason.EXHAUSTED, 3, third);
            s.earlierFailures(first, second);
            s.delays(BACKOFF, BACKOFF);
        });
        scenario("one attempt and no more", s -> {
            s.policy.maxAttempts(1);
            ConnectException only = new ConnectException("1");
            s.attemptsThrow(only);
            s.stops(StopReason.EXHAUSTED, 1, only);
            s.earlierFailures();
        });
        scenario("a clock that wraps around", s -> {
            s.startsAt(Long.MAX_VALUE - Duration.ofMillis(150).toNanos());
            ConnectException failure = new ConnectException("again");
            s.attemptsThrow(failure);
            s.stops(StopReason.EXHAUSTED, 3, failure);
            s.delays(BACKOFF, BACKOFF);
        });
    }

    private void badValues() {
        valueScenario("a bad value, then a good one", s -> {
            s.policy.resultClassifier(BUSY);
            s.body = attempt -> attempt == 1 ? "busy" : "good";
            s.returns("good", 2);
            s.delays(BACKOFF);
        });
        valueScenario("a good value where values are judged", s -> {
            s.policy.resultClassifier(BUSY);
            s.body = attempt -> "good";
            s.returns("good", 1);
        });
        valueScenario("a bad value that stays bad", s -> {
            s.policy.resultClassifier(BUSY);
            s.body = attempt -> "busy";
            s.stopsReturning(StopReason.EXHAUSTED, 3, "busy");
            s.delays(BACKOFF, BACKOFF);
        });
        valueScenario("null as a bad value", s -> {
            s.policy.resultClassifier(result -> result == null ? Verdict.retryable() : null);
            s.body = attempt -> null;
            s.stopsReturning(StopReason.EXHAUSTED, 3, null);
            s.delays(BACKOFF, BACKOFF);
        });
        valueScenario("a failure, then a bad value", s -> {
            s.policy.resultClassifier(BUSY).maxAttempts(2);
            s.attemptsThrowThenReturn("busy", new ConnectException("1"));
            s.stopsReturning(StopReason.EXHAUSTED, 2, "busy");
            s.delays(BACKOFF);
        });
        valueScenario("a bad value, then a failure", s -> {
            s.policy.resultClassifier(BUSY).maxAttempts(2);
            ConnectException last = new ConnectException("2");
            s.body = attempt -> {
                if (attempt == 1) {
                    return "busy";
                }
                throw last;
            };
            s.stops(StopReason.EXHAUSTED, 2, last);
            s.earlierFailures();
            s.delays(BACKOFF);
        });
        valueScenario("a bad value that is permanent", s -> {
            s.policy.resultClassifier(result -> Verdict.notRetryable());
            s.body = attempt -> "refused";
            s.stopsReturning(StopReason.NOT_RETRYABLE, 1, "refused");
        });
        valueScenario("a bad value with a least delay", s -> {
            s.policy.resultClassifier(result -> Verdict.retryable().withRetryAfter(Duration.ofSeconds(11)));
            s.body = attempt -> "busy";
            s.stopsReturning(StopReason.RETRY_AFTER_TOO_LONG, 1, "busy");
        });
        valueScenario("a bad value and an empty budget", s -> {
            s.policy.resultClassifier(BUSY);
            s.budgetPolicy = BudgetPolicy.of(0, Duration.ofSeconds(10), 1);
            s.body = attempt -> "busy";
            s.stopsReturning(StopReason.RETRY_BUDGET, 2, "busy");
            s.delays(BACKOFF);
        });
        valueScenario("a bad value counts against the circuit", s -> {
            s.policy.resultClassifier(BUSY);
            s.circuit(CircuitPolicy.builder().countWindow(10).minimumCalls(2).failureRate(100));
            s.body = attempt -> "busy";
            s.stopsReturning(StopReason.CIRCUIT_OPEN, 2, "busy");
            s.delays(BACKOFF);
        });
        valueScenario("a result classifier that throws", s -> {
            s.policy.resultClassifier(result -> {
                throw new IllegalStateException("broken");
            });
            s.body = attempt -> "value";
            s.stopsReturning(StopReason.NOT_RETRYABLE, 1, "value");
        });
    }

    private void exceptionRules() {
        notRetried("a permanent failure", () -> new FileNotFoundException("gone"), policy -> {});
        notRetried("an unknown failure", () -> new IllegalStateException("who knows"), policy -> {});
        notRetried("a failure of the arguments", () -> new IllegalArgumentException("wrong"), policy -> {});
        notRetried("a stage that somebody else cancelled", () -> new CancellationException("not us"), policy -> {});
        notRetried("abort-on", () -> new ConnectException("no"), policy -> policy.abortOn(ConnectException.class));
        notRetried(
                "abort-on a supertype", () -> new ConnectException("no"), policy -> policy.abortOn(IOException.class));
        notRetried(
                "abort-on a cause",
                () -> new UncheckedIOException(new ConnectException("no")),
                policy -> policy.abortOn(ConnectException.class));
        notRetried(
                "abort-on before retry-on",
                () -> new ConnectException("no"),
                policy -> policy.retryOn(IOException.class).abortOn(ConnectException.class));
        notRetried(
                "what is known to be transient, switched off",
                () -> new ConnectException("transient by default"),
                policy -> policy.retryOn(IllegalStateException.class).knownFailures(false));
        notRetried("an error", () -> new StackOverflowError("deep"), policy -> {});
        notRetried(
                "an error that a classifier calls transient",
                () -> new StackOverflowError("deep"),
                policy -> policy.classifier(failure -> Verdict.retryable()));
        retried(
                "a cause that is transient",
                () -> new CompletionExceptionOfOurs(new ConnectException("1")),
                policy -> {});
        retried(
                "retry-on",
                () -> new IllegalStateException("1"),
                policy -> policy.retryOn(IllegalStateException.class));
        retried(
                "what is known to be transient beside retry-on",
                () -> new ConnectException("1"),
                policy -> policy.retryOn(IllegalStateException.class));
        retried(
                "retry-on a supertype",
                () -> new FileNotFoundException("1"),
                policy -> policy.retryOn(IOException.class));
        retried(
                "retry-on a cause",
                () -> new RuntimeException(new IllegalStateException("1")),
                policy -> policy.retryOn(IllegalStateException.class));
        retried(
                "an error that is named",
                () -> new AssertionError("1"),
                policy -> policy.retryOn(AssertionError.class));
        retried(
                "a classifier",
                () -> new IllegalStateException("1"),
                policy -> policy.classifier(failure -> null).classifier(failure -> Verdict.retryable()));
        stopped("interruption", StopReason.INTERRUPTED, () -> new InterruptedException("stop"), policy -> {});
        stopped(
                "interruption that a classifier calls transient",
                StopReason.INTERRUPTED,
                () -> new InterruptedException("stop"),
                policy -> policy.classifier(failure -> Verdict.retryable()));
        stopped(
                "interruption that retry-on names",
                StopReason.INTERRUPTED,
                () -> new InterruptedException("stop"),
                policy -> policy.retryOn(InterruptedException.class));
        stopped(
                "a veto",
                StopReason.VETOED,
                () -> new ConnectException("no"),
                policy -> policy.retryOn(IOException.class)
                        .classifier(failure -> Verdict.of(Kind.VETOED, Signal.FAILURE)));
        stopped(
                "a veto behind a classifier that calls it transient",
                StopReason.VETOED,
                () -> new IllegalStateException("no"),
                policy -> policy.classifier(failure -> Verdict.retryable())
                        .classifier(failure -> Verdict.of(Kind.VETOED, Signal.FAILURE)));
        Supplier<Throwable> unknownEffect = () -> new SQLException("lost", "08007");
        stopped("an attempt of unknown effect", StopReason.NOT_IDEMPOTENT, unknownEffect, policy -> {});
        stopped(
                "an attempt of unknown effect that retry-on names",
                StopReason.NOT_IDEMPOTENT,
                unknownEffect,
                policy -> policy.retryOn(SQLException.class));
        retried(
                "an attempt of unknown effect where that does no harm",
                unknownEffect,
                policy -> policy.idempotent(true));
        retried(
                "an attempt of unknown effect that retry-on names where that does no harm",
                unknownEffect,
                policy -> policy.retryOn(SQLException.class).idempotent(true));
    }

    private void notRetried(String name, Supplier<Throwable> failure, Consumer<RetryPolicy.Builder> policy) {
        stopped(name, StopReason.NOT_RETRYABLE, failure, policy);
    }

    private void stopped(
            String name, StopReason reason, Supplier<Throwable> failure, Consumer<RetryPolicy.Builder> policy) {
        scenario(name, s -> {
            policy.accept(s.policy);
            Throwable thrown = failure.get();
            s.attemptsThrow(thrown);
            s.stops(reason, 1, thrown);
        });
    }

    private void retried(String name, Supplier<Throwable> failure, Consumer<RetryPolicy.Builder> policy) {
        scenario(name, s -> {
            policy.accept(s.policy);
            s.attemptsThrowThenReturn("second", failure.get());
            s.returns("second", 2);
            s.delays(BACKOFF);
        });
    }

    private void hints() {
        scenario("an exception that says yes", s -> {
            s.policy.retryOn(IOException.class);
            s.attemptsThrowThenReturn("second", new Hinting(true, null));
            s.returns("second", 2);
            s.delays(BACKOFF);
        });
        scenario("an exception that says no", s -> {
            Hinting no = new Hinting(false, null);
            s.policy.retryOn(Hinting.class);
            s.attemptsThrow(no);
            s.stops(StopReason.NOT_RETRYABLE, 1, no);
        });
        scenario("an exception that says yes where abort-on says no", s -> {
            Hinting yes = new Hinting(true, null);
            s.policy.abortOn(Hinting.class);
            s.attemptsThrow(yes);
            s.stops(StopReason.NOT_RETRYABLE, 1, yes);
        });
        scenario("a peer that says when", s -> {
            s.settings.add(retry -> retry.random(() -> 0));
            s.attemptsThrowThenReturn("second", new Hinting(true, Duration.ofSeconds(2)));
            s.returns("second", 2);
            s.delays("2000 RETRY_AFTER");
        });
        scenario("a peer that says when, to a policy that doesn't listen", s -> {
            s.policy.retryAfter(false, Duration.ZERO);
            s.attemptsThrowThenReturn("second", new Hinting(true, Duration.ofDays(2)));
            s.returns("second", 2);
            s.delays(BACKOFF);
        });
        scenario("a peer that says too late", s -> {
            Hinting late = new Hinting(true, Duration.ofSeconds(11));
            s.attemptsThrow(late);
            s.stops(StopReason.RETRY_AFTER_TOO_LONG, 1, late);
        });
        scenario("a peer that says after the time budget", s -> {
            s.policy.timeBudget(Duration.ofSeconds(5));
            Hinting late = new Hinting(true, Duration.ofSeconds(6));
            s.attemptsThrow(late);
            s.stops(StopReason.TIME_BUDGET, 1, late);
        });
    }

    private void brokenCallbacks() {
        scenario("a classifier that throws", s -> {
            IllegalStateException defect = new IllegalStateException("classifier");
            broken(s, defect);
            s.policy.classifier(any -> {
                throw defect;
            });
        });
        scenario("a classifier that throws an error", s -> {
            NoClassDefFoundError defect = new NoClassDefFoundError("classifier");
            broken(s, defect);
            s.policy.classifier(any -> {
                throw defect;
            });
        });
        scenario("a classifier that throws the failure it was asked about", s -> {
            IllegalStateException failure = new IllegalStateException("1");
            s.policy.classifier(any -> {
                throw failure;
            });
            s.attemptsThrow(failure);
            s.stops(StopReason.NOT_RETRYABLE, 1, failure);
            s.check(() -> assertThat(failure.getSuppressed()).hasSize(1));
        });
        scenario("a delay function that throws", s -> {
            IllegalStateException defect = new IllegalStateException("delay");
            broken(s, defect);
            s.policy.delay((retry, previous) -> {
                throw defect;
            });
        });
        scenario("a delay function that throws an error", s -> {
            NoClassDefFoundError defect = new NoClassDefFoundError("delay");
            broken(s, defect);
            s.policy.delay((retry, previous) -> {
                throw defect;
            });
        });
        scenario("a listener that throws", s -> {
            s.settings.add(retry -> retry.listener(event -> {
                throw new AssertionError("listener");
            }));
            s.settings.add(
                    retry -> retry.listener(event -> assertThat(event.policy()).isEqualTo("scenario")));
            s.attemptsThrowThenReturn("second", new ConnectException("1"));
            s.returns("second", 2);
            s.delays(BACKOFF);
        });
    }

    /** The caller still gets the attempt's failure, with the defect beside it; and the circuit gets its permit. */
    private static void broken(Scenario s, Throwable defect) {
        ConnectException failure = new ConnectException("1");
        s.circuit(CircuitPolicy.builder());
        s.attemptsThrow(failure);
        s.stops(StopReason.NOT_RETRYABLE, 1, failure);
        s.check(() -> assertThat(failure.getSuppressed()).contains(defect).hasSize(2));
        s.check(() -> assertThat(s.circuit.snapshot().failures()).isEqualTo(1));
    }

    private void exceptionInstances() {
        scenario("the same instance thrown in each attempt and call", s -> {
            ConnectException shared = new ConnectException("shared");
            s.attemptsThrow(shared);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> s.inner("scenario", Scenario.plainPolicy())
                                .run(() -> {
                                    throw shared;
                                }))
                        .isSameAs(shared);
            }
            s.startsAt(0);
            s.stops(StopReason.EXHAUSTED, 3, shared);
            s.earlierFailures(shared, shared);
            s.delays(BACKOFF, BACKOFF);
            s.check(() -> assertThat(shared.getSuppressed()).hasSize(1));
        });
        scenario("a shared instance that a classifier fails on doesn't grow", s -> {
            ConnectException shared = new ConnectException("shared");
            s.policy.classifier(any -> {
                throw new IllegalStateException("each time anew");
            });
            s.attemptsThrow(shared);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> s.inner("scenario", s.policy).run(() -> {
                            throw shared;
                        }))
                        .isSameAs(shared);
            }
            s.stops(StopReason.NOT_RETRYABLE, 1, shared);
            s.check(() -> assertThat(shared.getSuppressed()).hasSize(2));
        });
        scenario("an exception that takes no suppressed ones", s -> {
            Throwable failure = new Unsuppressible();
            s.policy.retryOn(Unsuppressible.class);
            s.attemptsThrow(failure);
            s.failureTakesNoSuppressed();
            s.stops(StopReason.EXHAUSTED, 3, failure);
            s.delays(BACKOFF, BACKOFF);
        });
        scenario("a different failure in each attempt", s -> {
            ConnectException first = new ConnectException("1");
            FileNotFoundException second = new FileNotFoundException("2");
            s.attemptsThrow(first, second);
            s.stops(StopReason.NOT_RETRYABLE, 2, second);
            s.earlierFailures(first);
            s.delays(BACKOFF);
        });
    }

    private void delays() {
        scenario("no delay", s -> {
            s.policy.backoff(BackoffPolicy.fixed(Duration.ZERO)).maxAttempts(1_000);
            ConnectException failure = new ConnectException("again");
            s.attemptsThrow(failure);
            s.stops(StopReason.EXHAUSTED, 1_000, failure);
            s.delays(Collections.nCopies(999, "0 BACKOFF").toArray(String[]::new));
        });
        scenario("a delay that grows", s -> {
            s.policy
                    .backoff(BackoffPolicy.exponential(Duration.ofMillis(100), 3, Duration.ofMillis(800)))
                    .maxAttempts(5);
            s.attemptsThrowThenReturn(
                    "fifth",
                    new ConnectException("1"),
                    new ConnectException("2"),
                    new ConnectException("3"),
                    new ConnectException("4"));
            s.returns("fifth", 5);
            s.delays(BACKOFF, "300 BACKOFF", "800 BACKOFF", "800 BACKOFF");
        });
        scenario("a delay function", s -> {
            s.policy
                    .backoff(BackoffPolicy.fixed(Duration.ofSeconds(1)))
                    .delay((retry, previous) -> previous.plusMillis(10L * retry));
            ConnectException failure = new ConnectException("again");
            s.attemptsThrow(failure);
            s.stops(StopReason.EXHAUSTED, 3, failure);
            s.delays("10 BACKOFF", "30 BACKOFF");
        });
    }

    private void timeBudget() {
        scenario("a delay that is longer than what is left", s -> {
            s.policy.timeBudget(Duration.ofMillis(150));
            ConnectException second = new ConnectException("2");
            s.attemptsThrow(new ConnectException("1"), second);
            s.stops(StopReason.TIME_BUDGET, 2, second);
            s.delays(BACKOFF);
        });
        scenario("a delay that is as long as what is left", s -> {
            s.policy.timeBudget(Duration.ofMillis(200));
            ConnectException second = new ConnectException("2");
            s.attemptsThrow(new ConnectException("1"), second);
            s.stops(StopReason.TIME_BUDGET, 2, second);
            s.delays(BACKOFF);
        });
        scenario("a delay of an hour", s -> {
            s.policy.backoff(BackoffPolicy.fixed(Duration.ofHours(1)));
            ConnectException first = new ConnectException("1");
            s.attemptsThrow(first);
            s.stops(StopReason.TIME_BUDGET, 1, first);
        });
        scenario("a wall clock that jumps an hour", s -> {
            s.body = attempt -> {
                s.time.jumpWallClock(Duration.ofHours(attempt == 1 ? 1 : -2));
                throw new ConnectException("again");
            };
            s.stops(StopReason.EXHAUSTED, 3, ConnectException.class);
            s.delays(BACKOFF, BACKOFF);
        });
        scenario("time that is over when an attempt fails", s -> {
            s.policy.timeBudget(Duration.ofSeconds(1)).backoff(BackoffPolicy.fixed(Duration.ZERO));
            ConnectException first = new ConnectException("1");
            s.body = attempt -> {
                s.time.advance(Duration.ofSeconds(2));
                throw first;
            };
            s.stops(StopReason.TIME_BUDGET, 1, first);
        });
        scenario("time that is over when an attempt succeeds", s -> {
            s.policy.timeBudget(Duration.ofSeconds(1));
            s.body = attempt -> {
                s.time.advance(Duration.ofSeconds(2));
                return "late";
            };
            s.returns("late", 1);
        });
    }

    private void retryBudget() {
        scenario("a budget that is empty", s -> {
            s.budgetPolicy = BudgetPolicy.of(0, Duration.ofSeconds(10), 0);
            ConnectException first = new ConnectException("1");
            s.attemptsThrow(first);
            s.stops(StopReason.RETRY_BUDGET, 1, first);
            s.check(() -> assertThat(s.budget.snapshot().denied()).isEqualTo(1));
        });
        scenario("a budget of one token", s -> {
            s.budgetPolicy = BudgetPolicy.of(0, Duration.ofSeconds(10), 1);
            ConnectException second = new ConnectException("2");
            s.attemptsThrow(new ConnectException("1"), second);
            s.stops(StopReason.RETRY_BUDGET, 2, second);
            s.delays(BACKOFF);
            s.check(() -> assertThat(s.budget.snapshot().available()).isZero());
        });
        scenario("a retry that succeeds gives its token back", s -> {
            s.budgetPolicy = BudgetPolicy.of(0, Duration.ofSeconds(10), 1);
            s.attemptsThrowThenReturn("second", new ConnectException("1"));
            s.returns("second", 2);
            s.delays(BACKOFF);
            s.check(() -> assertThat(s.budget.snapshot().available()).isEqualTo(1));
        });
        scenario("a retry with a permanent answer gives its token back", s -> {
            s.budgetPolicy = BudgetPolicy.of(0, Duration.ofSeconds(10), 1);
            s.policy.classifier(failure -> failure instanceof IllegalStateException ? Verdict.ofStatus(404) : null);
            IllegalStateException notFound = new IllegalStateException("404");
            s.attemptsThrow(new ConnectException("1"), notFound);
            s.stops(StopReason.NOT_RETRYABLE, 2, notFound);
            s.delays(BACKOFF);
            s.check(() -> assertThat(s.budget.snapshot().available()).isEqualTo(1));
        });
        scenario("no token is taken for a retry that doesn't fit the time budget", s -> {
            s.budgetPolicy = BudgetPolicy.of(0, Duration.ofSeconds(10), 1);
            s.policy.timeBudget(Duration.ofMillis(50));
            ConnectException first = new ConnectException("1");
            s.attemptsThrow(first);
            s.stops(StopReason.TIME_BUDGET, 1, first);
            s.check(() -> assertThat(s.budget.snapshot().granted()).isZero());
        });
    }

    private void dryRun() {
        scenario("a dry run ends a call that would be retried, and pays for it", s -> {
            s.policy.dryRun(true);
            s.budgetPolicy =
                    BudgetPolicy.builder().ratio(0).reserve(2).minSuccess(0).build();
            ConnectException failure = new ConnectException("1");
            s.attemptsThrow(failure);
            s.stops(StopReason.DRY_RUN, 1, failure);
            s.check(() -> assertThat(s.budget.snapshot().available()).isEqualTo(1));
        });
        scenario("a dry run tells of what it couldn't pay for as ever", s -> {
            s.policy.dryRun(true);
            s.budgetPolicy =
                    BudgetPolicy.builder().ratio(0).reserve(0).minSuccess(0).build();
            ConnectException failure = new ConnectException("1");
            s.attemptsThrow(failure);
            s.stops(StopReason.RETRY_BUDGET, 1, failure);
        });
        scenario("a dry run leaves a permanent failure what it is", s -> {
            s.policy.dryRun(true);
            IllegalArgumentException failure = new IllegalArgumentException("1");
            s.attemptsThrow(failure);
            s.stops(StopReason.NOT_RETRYABLE, 1, failure);
        });
    }

    private void circuit() {
        scenario("a circuit that is open at the first attempt", s -> {
            s.circuit(CircuitPolicy.builder());
            s.circuit.forceOpen();
            s.stops(StopReason.CIRCUIT_OPEN, 0, CircuitOpenException.class);
            s.earlierFailures();
            s.check(() -> assertThat(s.circuit.snapshot().rejected()).isEqualTo(1));
        });
        scenario("a circuit that these failures open", s -> {
            s.budgetPolicy = BudgetPolicy.of(0, Duration.ofSeconds(10), 5);
            s.circuit(CircuitPolicy.builder().consecutiveFailures(2));
            ConnectException second = new ConnectException("2");
            s.attemptsThrow(new ConnectException("1"), second);
            s.stops(StopReason.CIRCUIT_OPEN, 2, second);
            s.delays(BACKOFF);
            s.check(() -> assertThat(s.budget.snapshot().granted()).isEqualTo(1));
        });
        scenario("a circuit that somebody else opens during the delay", s -> {
            s.budgetPolicy = BudgetPolicy.of(0, Duration.ofSeconds(10), 1);
            s.circuit(CircuitPolicy.builder());
            s.time.schedule(s.circuit::forceOpen, Duration.ofMillis(50).toNanos());
            ConnectException first = new ConnectException("1");
            s.attemptsThrow(first);
            s.stops(StopReason.CIRCUIT_OPEN, 1, first);
            s.delays(BACKOFF);
            s.check(() -> assertThat(s.budget.snapshot().available()).isEqualTo(1));
        });
        scenario("a circuit that probes by the time the delay ends", s -> {
            s.circuit(CircuitPolicy.builder()
                    .consecutiveFailures(1)
                    .openDuration(Duration.ofMillis(100))
                    .probes(1));
            s.attemptsThrowThenReturn("second", new ConnectException("1"));
            s.returns("second", 2);
            s.delays(BACKOFF);
            s.check(() -> assertThat(s.circuit.state()).isEqualTo(CircuitState.CLOSED));
        });
        scenario("an error of a probe gives its permit back", s -> {
            s.circuit(CircuitPolicy.builder().probes(1));
            s.circuit.halfOpen();
            AssertionError error = new AssertionError("probe");
            s.attemptsThrow(error);
            s.stops(StopReason.NOT_RETRYABLE, 1, error);
            s.check(() -> assertThat(s.circuit.state()).isEqualTo(CircuitState.OPEN));
        });
        scenario("a failure that the circuit ignores", s -> {
            s.circuit(CircuitPolicy.builder().consecutiveFailures(1).ignore(ConnectException.class));
            ConnectException failure = new ConnectException("again");
            s.attemptsThrow(failure);
            s.stops(StopReason.EXHAUSTED, 3, failure);
            s.delays(BACKOFF, BACKOFF);
            s.check(() -> assertThat(s.circuit.snapshot().failures()).isZero());
        });
        scenario("an open circuit that blocks only retries lets a first attempt through", s -> {
            s.circuit(CircuitPolicy.builder().blocks(BlockScope.RETRIES));
            s.circuit.forceOpen();
            s.body = attempt -> "first";
            s.returns("first", 1);
        });
        scenario("an open circuit that blocks only retries blocks retries", s -> {
            s.circuit(CircuitPolicy.builder().blocks(BlockScope.RETRIES));
            s.circuit.forceOpen();
            ConnectException first = new ConnectException("1");
            s.attemptsThrow(first);
            s.stops(StopReason.CIRCUIT_OPEN, 1, first);
        });
    }

    private void circuitThatIsWaitedFor() {
        CircuitPolicy.Builder waiting = CircuitPolicy.builder()
                .onOpen(OpenBehavior.WAIT)
                .consecutiveFailures(2)
                .openDuration(Duration.ofSeconds(5))
                .probes(1);
        scenario("the wait for a probe before the first attempt", s -> {
            s.circuit(waiting);
            open(s);
            s.body = attempt -> "probe";
            s.returns("probe", 1);
            s.delays("5000 CIRCUIT");
        });
        scenario("the wait for a probe between attempts", s -> {
            s.circuit(waiting);
            s.attemptsThrowThenReturn("third", new ConnectException("1"), new ConnectException("2"));
            s.returns("third", 3);
            s.delays(BACKOFF, BACKOFF, "5000 CIRCUIT"); // as long after the end as it came after the beginning
        });
        scenario("a wait that doesn't fit the time budget", s -> {
            s.policy.timeBudget(Duration.ofSeconds(5));
            s.circuit(waiting);
            open(s);
            s.stops(StopReason.CIRCUIT_OPEN, 0, CircuitOpenException.class);
        });
        scenario("a wait between attempts that won't fit the time budget begins no delay", s -> {
            s.policy.timeBudget(Duration.ofSeconds(5));
            s.circuit(waiting);
            ConnectException second = new ConnectException("2");
            s.attemptsThrow(new ConnectException("1"), second);
            s.stops(StopReason.CIRCUIT_OPEN, 2, second);
            s.delays(BACKOFF);
        });
        scenario("nobody waits for a circuit that was forced open", s -> {
            s.circuit(waiting);
            s.circuit.forceOpen();
            s.stops(StopReason.CIRCUIT_OPEN, 0, CircuitOpenException.class);
        });
        scenario("nobody waits between attempts for a circuit that was forced open", s -> {
            s.circuit(waiting);
            ConnectException first = new ConnectException("1");
            s.body = attempt -> {
                s.circuit.forceOpen();
                throw first;
            };
            s.stops(StopReason.CIRCUIT_OPEN, 1, first);
        });
    }

    private void endsFromOutside() {
        scenario("a caller that gives up during a delay", s -> {
            s.budgetPolicy = BudgetPolicy.of(0, Duration.ofSeconds(10), 1);
            ConnectException first = new ConnectException("1");
            s.attemptsThrow(first);
            s.callerGivesUp(Duration.ofMillis(50), 1, first);
            s.delays(BACKOFF);
            s.check(() -> assertThat(s.budget.snapshot().available()).isEqualTo(1));
        });
        scenario("a shutdown during a delay", s -> {
            s.budgetPolicy = BudgetPolicy.of(0, Duration.ofSeconds(10), 1);
            s.time.schedule(() -> s.retry().shutdown(), Duration.ofMillis(50).toNanos());
            ConnectException first = new ConnectException("1");
            s.attemptsThrow(first);
            s.stops(StopReason.CANCELLED, 1, first);
            s.delays(BACKOFF);
            s.takes(Duration.ofMillis(50));
            s.check(() -> assertThat(s.budget.snapshot().available()).isEqualTo(1));
        });
        scenario("a shutdown during an attempt that fails", s -> {
            ConnectException first = new ConnectException("1");
            s.body = attempt -> {
                s.retry().shutdown();
                throw first;
            };
            s.stops(StopReason.CANCELLED, 1, first);
        });
        scenario("a shutdown during an attempt that succeeds", s -> {
            s.body = attempt -> {
                s.retry().shutdown();
                return "first";
            };
            s.returns("first", 1);
        });
        scenario("a permanent failure after a shutdown", s -> {
            FileNotFoundException first = new FileNotFoundException("1");
            s.body = attempt -> {
                s.retry().shutdown();
                throw first;
            };
            s.stops(StopReason.NOT_RETRYABLE, 1, first);
        });
        scenario("a shutdown while the circuit is waited for", s -> {
            s.circuit(CircuitPolicy.builder().onOpen(OpenBehavior.WAIT).consecutiveFailures(2));
            open(s);
            s.time.schedule(() -> s.retry().shutdown(), Duration.ofMillis(50).toNanos());
            s.stops(StopReason.CANCELLED, 0, CancellationException.class);
            s.delays("5000 CIRCUIT");
            s.takes(Duration.ofMillis(50));
        });
        scenario("an attempt that forbids a retry", s -> {
            ConnectException second = new ConnectException("2");
            s.body = attempt -> {
                if (attempt == 1) {
                    throw new ConnectException("1");
                }
                RetryContext.current().orElseThrow().forbidRetry();
                throw second;
            };
            s.stops(StopReason.NOT_RETRYABLE, 2, second);
            s.delays(BACKOFF);
        });
        scenario("an earlier attempt that forbids a retry too late", s -> {
            List<RetryContext> contexts = new ArrayList<>();
            ConnectException failure = new ConnectException("again");
            s.body = attempt -> {
                contexts.add(RetryContext.current().orElseThrow());
                contexts.get(0).attempt();
                if (attempt > 1) {
                    contexts.get(attempt - 2).forbidRetry();
                }
                throw failure;
            };
            s.stops(StopReason.EXHAUSTED, 3, failure);
            s.delays(BACKOFF, BACKOFF);
        });
    }

    private static void open(Scenario s) {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> s.circuit.run(() -> {
                        throw new ConnectException("before");
                    }))
                    .isInstanceOf(ConnectException.class);
        }
        assertThat(s.circuit.state()).isEqualTo(CircuitState.OPEN);
    }

    private void nested() {
        scenario("a failure on which an inner policy gave up", s -> {
            ConnectException failure = new ConnectException("inner");
            Retry inner = s.inner("inner", Scenario.plainPolicy());
            s.body = attempt -> fail(inner, failure);
            s.stops(StopReason.NESTED, 1, failure);
        });
        scenario("a failure on which an inner policy gave up, as a cause", s -> {
            Retry inner = s.inner("inner", Scenario.plainPolicy());
            s.policy.retryOn(UncheckedIOException.class);
            s.body = attempt -> {
                try {
                    return fail(inner, new ConnectException("inner"));
                } catch (IOException failure) {
                    throw new UncheckedIOException(new IOException(failure));
                }
            };
            s.stops(StopReason.NESTED, 1, UncheckedIOException.class);
        });
        scenario("a failure on which an inner asynchronous call gave up", s -> {
            ConnectException failure = new ConnectException("inner");
            Retry inner = s.inner("inner", Scenario.plainPolicy().maxAttempts(2));
            s.body = attempt -> {
                var stage = inner.callAsync(() -> {
                    throw failure;
                });
                s.time.advance(Duration.ofMillis(100));
                try {
                    return stage.join();
                } catch (CompletionException wrapped) {
                    throw wrapped.getCause();
                }
            };
            s.stops(StopReason.NESTED, 1, failure);
        });
        scenario("a retry that meets an inner policy only in its second attempt", s -> {
            ConnectException failure = new ConnectException("inner");
            Retry inner = s.inner("inner", Scenario.plainPolicy());
            s.body = attempt -> {
                if (attempt == 1) {
                    throw new ConnectException("outer");
                }
                return fail(inner, failure);
            };
            s.stops(StopReason.NESTED, 2, failure);
            s.delays(BACKOFF);
        });
        scenario("three layers", s -> {
            ConnectException failure = new ConnectException("innermost");
            Retry inner = s.inner("inner", Scenario.plainPolicy());
            Retry innermost = s.inner("innermost", Scenario.plainPolicy());
            s.body = attempt -> inner.call(() -> fail(innermost, failure));
            s.stops(StopReason.NESTED, 1, failure);
        });
        scenario("three layers, the middle one of one attempt", s -> {
            ConnectException failure = new ConnectException("innermost");
            Retry inner = s.inner("inner", Scenario.plainPolicy().maxAttempts(1));
            Retry innermost = s.inner("innermost", Scenario.plainPolicy());
            s.body = attempt -> inner.call(() -> fail(innermost, failure));
            s.stops(StopReason.NESTED, 1, failure);
        });
        scenario("three layers, the middle one of which multiplies", s -> {
            ConnectException failure = new ConnectException("innermost");
            Retry inner = s.inner("inner", Scenario.plainPolicy().nested(NestedRetries.MULTIPLY));
            Retry innermost = s.inner("innermost", Scenario.plainPolicy());
            s.body = attempt -> inner.call(() -> fail(innermost, failure));
            s.stops(StopReason.NESTED, 1, failure);
        });
        scenario("an inner policy of one attempt", s -> {
            ConnectException failure = new ConnectException("inner");
            Retry inner = s.inner("inner", Scenario.plainPolicy().maxAttempts(1));
            s.body = attempt -> fail(inner, failure);
            s.stops(StopReason.EXHAUSTED, 3, failure);
            s.delays(BACKOFF, BACKOFF);
        });
        scenario("an inner failure that wasn't retried", s -> {
            IllegalStateException failure = new IllegalStateException("inner");
            Retry inner = s.inner("inner", Scenario.plainPolicy());
            s.policy.retryOn(IllegalStateException.class);
            s.body = attempt -> fail(inner, failure);
            s.stops(StopReason.EXHAUSTED, 3, failure);
            s.delays(BACKOFF, BACKOFF);
        });
        scenario("an inner failure that is swallowed", s -> {
            ConnectException own = new ConnectException("own");
            Retry inner = s.inner("inner", Scenario.plainPolicy());
            s.body = attempt -> {
                for (int i = 0; i < 20; i++) {
                    assertThat(catchThrowable(() -> fail(inner, new ConnectException("inner"))))
                            .isNotNull();
                }
                throw own;
            };
            s.stops(StopReason.EXHAUSTED, 3, own);
            s.delays(BACKOFF, BACKOFF);
        });
        scenario("a shared failure on which a policy gave up in an earlier call", s -> {
            ConnectException shared = new ConnectException("shared");
            assertThatThrownBy(() -> fail(s.inner("scenario", Scenario.plainPolicy()), shared))
                    .isSameAs(shared);
            s.startsAt(0);
            s.attemptsThrowThenReturn("third", shared, shared);
            s.returns("third", 3);
            s.delays(BACKOFF, BACKOFF);
        });
        scenario("a shared failure on which a policy gave up in an earlier attempt", s -> {
            ConnectException shared = new ConnectException("shared");
            Retry inner = s.inner("inner", Scenario.plainPolicy());
            s.body = attempt -> switch (attempt) {
                case 1 -> {
                    assertThatThrownBy(() -> fail(inner, shared)).isSameAs(shared);
                    throw new ConnectException("own");
                }
                case 2 -> throw shared;
                default -> "third";
            };
            s.returns("third", 3);
            s.delays(BACKOFF, BACKOFF);
        });
        scenario("a policy that multiplies", s -> {
            s.policy.nested(NestedRetries.MULTIPLY).maxAttempts(2);
            ConnectException failure = new ConnectException("inner");
            Retry inner = s.inner("inner", Scenario.plainPolicy());
            s.body = attempt -> fail(inner, failure);
            s.stops(StopReason.EXHAUSTED, 2, failure);
            s.delays(BACKOFF);
        });
    }

    private void nestedDeadlines() {
        scenario("an inner call has no more time than the call around it", s -> {
            s.policy.timeBudget(Duration.ofMillis(250));
            ConnectException failure = new ConnectException("inner");
            Retry inner = s.inner("inner", Scenario.plainPolicy().maxAttempts(10));
            List<Integer> ran = new ArrayList<>();
            s.body = attempt -> inner.call(() -> {
                ran.add(attempt);
                throw failure;
            });
            s.stops(StopReason.NESTED, 1, failure);
            s.check(() -> assertThat(ran).hasSize(3));
        });
        scenario("no inner attempt begins after the time of the call around it", s -> {
            s.policy.timeBudget(Duration.ofMillis(250));
            Retry inner = s.inner("inner", Scenario.plainPolicy());
            s.body = attempt -> {
                s.time.advance(Duration.ofMillis(250));
                return inner.call(() -> {
                    throw new AssertionError("must not run");
                });
            };
            s.stops(StopReason.NESTED, 1, TimeBudgetSpentException.class);
        });
        scenario("an inner call on another clock has its own time", s -> {
            s.policy.timeBudget(Duration.ofMillis(250));
            Scenario elsewhere = new Scenario();
            Retry inner = elsewhere.inner("inner", Scenario.plainPolicy());
            s.body = attempt -> {
                s.time.advance(Duration.ofMillis(250));
                return inner.call(() -> "inner");
            };
            s.returns("inner", 1);
        });
    }

    private static Object fail(Retry retry, ConnectException failure) throws ConnectException {
        return retry.call(() -> {
            throw failure;
        });
    }

    private static Object fail(Retry retry, IllegalStateException failure) {
        return retry.call(() -> {
            throw failure;
        });
    }

    private static final class Hinting extends RuntimeException implements RetryHint {

        private final boolean retryable;
        private final Duration retryAfter;

        Hinting(boolean retryable, Duration retryAfter) {
            this.retryable = retryable;
            this.retryAfter = retryAfter;
        }

        @Override
        public boolean retryable() {
            return retryable;
        }

        @Override
        public Optional<Duration> retryAfter() {
            return Optional.ofNullable(retryAfter);
        }
    }

    private static final class Unsuppressible extends Exception {
        Unsuppressible() {
            super("static", null, false, false);
        }
    }

    /** Wraps, but isn't one of the JDK's own wrappers. */
    private static final class CompletionExceptionOfOurs extends RuntimeException {
        CompletionExceptionOfOurs(Throwable cause) {
            super(cause);
        }
    }
}
