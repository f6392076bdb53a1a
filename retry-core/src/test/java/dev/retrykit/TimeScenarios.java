package dev.retrykit;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.event.StopReason;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Collections;

/** Delays and the time budget. */
final class TimeScenarios extends ScenarioGroup {

    @Override
    void add() {
        delays();
        timeBudget();
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
}
