package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.event.StopReason;
import dev.retrykit.failure.TimeBudgetSpentException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;

/** Calls inside calls. */
final class NestedScenarios extends ScenarioGroup {

    @Override
    void add() {
        nested();
        nestedDeadlines();
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
}
