package dev.retrykit;

import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.ResultClassifier;
import dev.retrykit.failure.Verdict;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** What is returned: by the first attempt or a later one, and values that are judged. */
final class ResultScenarios extends ScenarioGroup {

    private static final ResultClassifier BUSY = result -> "busy".equals(result) ? Verdict.retryable() : null;

    @Override
    void add() {
        results();
        badValues();
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
}
