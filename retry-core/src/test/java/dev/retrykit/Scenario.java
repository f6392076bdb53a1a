package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.event.CallOutcome;
import dev.retrykit.event.DelaySource;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.RetryEvent.Ended;
import dev.retrykit.event.RetryEvent.Retrying;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.function.ThrowingCallable;
import dev.retrykit.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * One call: how it is set up, what its attempts do, and what must become of it. Made afresh for each style.
 *
 * <p>Unless it says otherwise: three attempts, 100 ms apart without jitter, within 30 s, no limit to the budget, no
 * circuit.
 */
public final class Scenario {

    ManualTime time = new ManualTime();
    final RetryPolicy.Builder policy = plainPolicy();
    final List<Consumer<Retry.Builder>> settings = new ArrayList<>();
    BudgetPolicy budgetPolicy = BudgetPolicy.unlimited();
    Body body = attempt -> attempt;

    /** Attempts that ran, whatever the engine says. */
    final AtomicInteger ran = new AtomicInteger();

    final RetryCounters counters = new RetryCounters();
    Circuit circuit;
    RetryBudget budget;

    private final List<RetryEvent> events = new ArrayList<>();
    private long workedNanos;
    private Object value;
    private Throwable failure;
    private Class<? extends Throwable> failureType;
    private StopReason reason;
    private int attempts;
    private List<String> delays = List.of();
    private List<Throwable> earlier;
    private List<Runnable> checks = new ArrayList<>();
    private boolean suppressible = true;
    private boolean returnsValue;
    private boolean callerGivesUp;
    private Duration endsAfter;
    private Retry retry;
    private Consumer<Runnable> caller = giveUp -> {};

    /** Unset. */
    public Scenario() {}

    /** What one attempt does; the first has the number 1. */
    @FunctionalInterface
    interface Body {
        Object attempt(int number) throws Throwable;
    }

    static RetryPolicy.Builder plainPolicy() {
        return RetryPolicy.builder()
                .backoff(BackoffPolicy.fixed(Duration.ofMillis(100)))
                .jitter(Jitter.NONE);
    }

    void startsAt(long nanos) {
        time = new ManualTime(nanos, Instant.EPOCH);
    }

    void circuit(CircuitPolicy.Builder circuitPolicy) {
        circuit = Circuit.of("circuit", circuitPolicy.openJitter(0).build(), time);
    }

    /** Every attempt throws the failure of its turn, the last one of them again and again. */
    void attemptsThrow(Throwable... failures) {
        body = attempt -> {
            throw failures[Math.min(attempt, failures.length) - 1];
        };
    }

    /** The attempts throw one after the other; the one after them returns the value. */
    void attemptsThrowThenReturn(Object result, Throwable... failures) {
        body = attempt -> {
            if (attempt <= failures.length) {
                throw failures[attempt - 1];
            }
            return result;
        };
    }

    /** An inner retry on the same clock. */
    Retry inner(String name, RetryPolicy.Builder innerPolicy) {
        return Retry.builder(name)
                .policy(innerPolicy.build())
                .budget(RetryBudget.of(name, BudgetPolicy.unlimited(), time))
                .timeSource(time)
                .executor(Runnable::run)
                .build();
    }

    void returns(Object expected, int attemptsMade) {
        value = expected;
        reason = StopReason.SUCCESS;
        attempts = attemptsMade;
        returnsValue = true;
    }

    /** A bad value that stays bad is returned as it came. */
    void stopsReturning(StopReason expected, int attemptsMade, Object returned) {
        value = returned;
        reason = expected;
        attempts = attemptsMade;
        returnsValue = true;
    }

    void stops(StopReason expected, int attemptsMade, Throwable thrown) {
        reason = expected;
        attempts = attemptsMade;
        failure = thrown;
    }

    void stops(StopReason expected, int attemptsMade, Class<? extends Throwable> thrown) {
        reason = expected;
        attempts = attemptsMade;
        failureType = thrown;
    }

    /** The caller gives up so long after the call began, and then the attempts are over. */
    void callerGivesUp(Duration after, int attemptsMade, Throwable lastFailure) {
        caller = giveUp -> time.schedule(giveUp, after.toNanos());
        callerGivesUp = true;
        attempts = attemptsMade;
        failure = lastFailure;
        endsAfter = after;
    }

    /** The call takes so long, whatever its delays were to be. */
    void takes(Duration expected) {
        endsAfter = expected;
    }

    /** The call's own engine, for bodies that do something to it. */
    Retry retry() {
        return retry;
    }

    void delays(String... expected) {
        delays = List.of(expected);
    }

    void earlierFailures(Throwable... expected) {
        earlier = List.of(expected);
    }

    /** The failure can't hold what tells of the stop. */
    void failureTakesNoSuppressed() {
        suppressible = false;
    }

    void check(Runnable check) {
        checks.add(check);
    }

    /** Makes the call. */
    CallStyle.Result make(CallStyle style) {
        retry = build();
        ThrowingCallable<Object, ?> measured = () -> {
            long before = time.nanoTime();
            try {
                return body.attempt(ran.incrementAndGet());
            } finally {
                workedNanos += time.nanoTime() - before;
            }
        };
        return style.make(retry, time, measured, caller);
    }

    /** Makes the call and checks all that can be seen of it. */
    public void play(CallStyle style) {
        CallStyle.Result result = make(style);
        if (callerGivesUp) {
            reason = style.reasonToGiveUp();
        }
        if (returnsValue) {
            assertThat(result.failure()).isNull();
            assertThat(result.value()).isEqualTo(value);
        } else if (reason == StopReason.CANCELLED && callerGivesUp) {
            assertThat(result.failure()).isInstanceOf(CancellationException.class);
            checkFailure(failure);
        } else {
            checkFailure(result.failure());
        }
        assertThat(ran).as("attempts that ran").hasValue(attempts);
        checkEvents(callerGivesUp ? failure : result.failure());
        checkCounters();
        checks.forEach(Runnable::run);
        assertThat(Thread.interrupted()).as("interrupt kept").isEqualTo(interrupted());
        assertThat(time.pending()).as("timers left behind").isZero();
        assertThat(RetryContext.current()).as("frame left behind").isEmpty();
    }

    private Retry build() {
        budget = RetryBudget.of("budget", budgetPolicy, time);
        Retry.Builder builder = Retry.builder("scenario")
                .policy(policy.build())
                .budget(budget)
                .timeSource(time)
                .random(new Random(42))
                .executor(Runnable::run)
                .counters(counters)
                .listener(events::add);
        if (circuit != null) {
            builder.circuit(circuit);
        }
        settings.forEach(setting -> setting.accept(builder));
        return builder.build();
    }

    private void checkFailure(Throwable thrown) {
        if (failure != null) {
            assertThat(thrown).isSameAs(failure);
        } else {
            assertThat(thrown).isInstanceOf(failureType);
        }
        List<RetryStopped> told = Stream.of(thrown.getSuppressed())
                .filter(RetryStopped.class::isInstance)
                .map(RetryStopped.class::cast)
                .filter(stopped -> stopped.policy().equals("scenario"))
                .toList();
        if (!suppressible) {
            assertThat(told).isEmpty();
            return;
        }
        assertThat(told).hasSize(1);
        assertThat(told.get(0).reason()).isEqualTo(reason);
        assertThat(told.get(0).attempts()).isEqualTo(attempts);
        assertThat(told.get(0).elapsed()).isEqualTo(elapsed());
        assertThat(told.get(0).getStackTrace()).isEmpty();
        if (earlier != null) {
            assertThat(told.get(0).failures()).containsExactlyElementsOf(earlier);
        }
    }

    private void checkEvents(Throwable thrown) {
        List<String> retried = events.stream()
                .filter(Retrying.class::isInstance)
                .map(Retrying.class::cast)
                .map(event -> event.delay().toMillis() + " " + event.source())
                .toList();
        assertThat(retried).isEqualTo(delays);
        if (reason == StopReason.SUCCESS && attempts == 1 && delays.isEmpty()) {
            assertThat(events).isEmpty();
        } else if (reason != StopReason.SUCCESS || attempts > 1) {
            assertThat(events).hasSize(delays.size() + 1);
            Ended ended = (Ended) events.get(delays.size());
            assertThat(ended)
                    .isEqualTo(new Ended(
                            "scenario",
                            attempts,
                            Optional.ofNullable(thrown),
                            reason,
                            elapsed(),
                            ended.verdict(),
                            Optional.empty()));
            checkVerdict(ended.verdict().orElse(null));
        }
    }

    /** What listeners learn of the last attempt fits the reason. */
    private void checkVerdict(Verdict verdict) {
        if (reason == StopReason.SUCCESS || attempts == 0) {
            assertThat(verdict).isNull();
            return;
        }
        assertThat(verdict).isNotNull();
        switch (reason) {
            case EXHAUSTED, RETRY_BUDGET, RETRY_AFTER_TOO_LONG, CIRCUIT_OPEN ->
                assertThat(verdict.kind()).isEqualTo(Kind.RETRYABLE);
            case NOT_IDEMPOTENT -> assertThat(verdict.kind()).isEqualTo(Kind.NOT_IDEMPOTENT);
            case VETOED -> assertThat(verdict.kind()).isEqualTo(Kind.VETOED);
            default -> {
                // cut short, whatever the attempt was taken for
            }
        }
    }

    private void checkCounters() {
        CallOutcome outcome = reason == StopReason.SUCCESS
                ? attempts == 1 ? CallOutcome.SUCCESS : CallOutcome.RECOVERED
                : attempts == 0 ? CallOutcome.REJECTED : CallOutcome.FAILED;
        for (CallOutcome each : CallOutcome.values()) {
            assertThat(counters.calls(each)).as(each.name()).isEqualTo(each == outcome ? 1 : 0);
        }
        assertThat(counters.callNanos(outcome)).isEqualTo(elapsed().toNanos());
        for (StopReason each : StopReason.values()) {
            assertThat(counters.stops(each)).as(each.name()).isEqualTo(each == reason ? 1 : 0);
        }
        assertThat(counters.attempts()).isEqualTo(attempts);
        long delayed = 0;
        for (DelaySource source : DelaySource.values()) {
            delayed += counters.delays(source);
        }
        assertThat(delayed).isEqualTo(delays.size());
    }

    private boolean interrupted() {
        return reason == StopReason.INTERRUPTED && callerGivesUp;
    }

    /** Delays and what the attempts took. */
    private Duration elapsed() {
        if (endsAfter != null) {
            return endsAfter;
        }
        long delayedMillis = delays.stream()
                .mapToLong(delay -> Long.parseLong(delay.substring(0, delay.indexOf(' '))))
                .sum();
        return Duration.ofMillis(delayedMillis).plusNanos(workedNanos);
    }
}
