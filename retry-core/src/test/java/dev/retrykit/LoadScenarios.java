package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.circuit.BlockScope;
import dev.retrykit.circuit.CircuitOpenException;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.circuit.OpenBehavior;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.Verdict;
import java.net.ConnectException;
import java.time.Duration;

/** What limits the load on a dependency: the retry budget, circuits, and dry runs of both. */
final class LoadScenarios extends ScenarioGroup {

    @Override
    void add() {
        retryBudget();
        dryRun();
        circuit();
        circuitThatIsWaitedFor();
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
        scenario("a circuit that another call opens during the delay", s -> {
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
        scenario("a call does not wait for a circuit that was forced open", s -> {
            s.circuit(waiting);
            s.circuit.forceOpen();
            s.stops(StopReason.CIRCUIT_OPEN, 0, CircuitOpenException.class);
        });
        scenario("a retry does not wait for a circuit that was forced open", s -> {
            s.circuit(waiting);
            ConnectException first = new ConnectException("1");
            s.body = attempt -> {
                s.circuit.forceOpen();
                throw first;
            };
            s.stops(StopReason.CIRCUIT_OPEN, 1, first);
        });
    }
}
