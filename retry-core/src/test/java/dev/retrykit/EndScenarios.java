package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.OpenBehavior;
import dev.retrykit.event.StopReason;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/** Calls that end from outside: interrupted, cancelled or shut down. */
final class EndScenarios extends ScenarioGroup {

    @Override
    void add() {
        endsFromOutside();
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
}
