package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.RetryHint;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What is transient: rules, hints, broken callbacks, and instances of exceptions. */
final class FailureScenarios extends ScenarioGroup {

    @Override
    void add() {
        exceptionRules();
        hints();
        brokenCallbacks();
        exceptionInstances();
    }

    private void exceptionRules() {
        notRetried("a permanent failure", () -> new FileNotFoundException("gone"), policy -> {});
        notRetried("an unknown failure", () -> new IllegalStateException("who knows"), policy -> {});
        notRetried("a failure of the arguments", () -> new IllegalArgumentException("wrong"), policy -> {});
        notRetried("a stage that other code cancelled", () -> new CancellationException("not us"), policy -> {});
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
