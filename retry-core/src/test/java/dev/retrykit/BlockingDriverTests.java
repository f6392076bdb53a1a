package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.OpenBehavior;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.time.ManualTime;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockingDriverTests {

    private final ManualTime time = new ManualTime();
    private final List<RetryEvent> events = new ArrayList<>();
    private final RetryBudget budget = RetryBudget.of("blocking", BudgetPolicy.of(0, Duration.ofSeconds(10), 5), time);
    private final ConnectException failure = new ConnectException("again");
    private final AtomicInteger attempts = new AtomicInteger();

    @AfterEach
    void nothingIsLeft() {
        assertThat(Thread.interrupted()).isFalse();
        assertThat(RetryContext.current()).isEmpty();
        assertThat(time.pending()).isZero();
    }

    private Retry.Builder builder(RetryPolicy.Builder policy) {
        return Retry.builder("blocking")
                .policy(policy.build())
                .budget(budget)
                .timeSource(time)
                .listener(events::add);
    }

    private Retry retry() {
        return builder(Scenario.plainPolicy()).build();
    }

    private Object fail() throws ConnectException {
        attempts.incrementAndGet();
        throw failure;
    }

    private StopReason lastReason() {
        return ((RetryEvent.Ended) events.get(events.size() - 1)).reason();
    }

    @Test
    void throwsWhatTheBodyDeclaresAndNothingElse() {
        Retry retry = retry();
        assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> {
            try {
                retry.call(() -> {
                    throw failure;
                });
            } catch (ConnectException declared) { // the compiler knows the type
                throw declared;
            }
        });
        String unchecked = retry.call(() -> "no try needed");
        retry.run(() -> {});
        assertThat(unchecked).isEqualTo("no try needed");
    }

    @Test
    void anInterruptDuringTheDelayEndsItAtOnceAndIsKept() {
        Thread caller = Thread.currentThread();
        time.schedule(caller::interrupt, Duration.ofMillis(50).toNanos());
        assertThatThrownBy(() -> retry().call(this::fail)).isSameAs(failure);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(time.nanoTime()).isEqualTo(Duration.ofMillis(50).toNanos());
        assertThat(attempts).hasValue(1);
        assertThat(lastReason()).isEqualTo(StopReason.INTERRUPTED);
        assertThat(budget.snapshot().available()).as("the retry was never made").isEqualTo(5);
    }

    @Test
    void anInterruptInTheBodyEndsTheCallBeforeTheDelayAndIsKept() {
        assertThatThrownBy(() -> retry().call(() -> {
                    Thread.currentThread().interrupt();
                    return fail();
                }))
                .isSameAs(failure);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(time.nanoTime()).isZero();
        assertThat(attempts).hasValue(1);
        assertThat(lastReason()).isEqualTo(StopReason.INTERRUPTED);
    }

    @Test
    void anInterruptThatTheBodyTurnedIntoAnExceptionIsNotRetried() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> retry().call(() -> {
                    attempts.incrementAndGet();
                    time.sleep(1);
                    return "not reached";
                }))
                .isInstanceOf(InterruptedException.class);
        assertThat(attempts).hasValue(1);
        assertThat(lastReason()).isEqualTo(StopReason.INTERRUPTED);
    }

    @Test
    void anInterruptDuringTheWaitForACircuitEndsTheCallThatHasNoFailureYet() {
        Circuit circuit = Circuit.of(
                "open",
                CircuitPolicy.builder()
                        .onOpen(OpenBehavior.WAIT)
                        .consecutiveFailures(1)
                        .build(),
                time);
        assertThatThrownBy(() -> circuit.call(this::fail)).isSameAs(failure);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() ->
                        builder(Scenario.plainPolicy()).circuit(circuit).build().call(this::fail))
                .isInstanceOf(CancellationException.class)
                .hasMessage("policy 'blocking': INTERRUPTED before an attempt ended");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(attempts).as("the circuit's own call").hasValue(1);
    }

    @Test
    void anAttemptThatIsCutByTheTimeOfTheCallAroundItSaysNothingAboutTheDependency() {
        Circuit circuit = Circuit.of("inner", CircuitPolicy.defaults(), time);
        Retry inner = builder(Scenario.plainPolicy().attemptTimeout(Duration.ofSeconds(20)))
                .circuit(circuit)
                .build();
        Retry outer = builder(Scenario.plainPolicy().timeBudget(Duration.ofSeconds(1)))
                .build();
        assertThatThrownBy(() -> outer.run(
                        () -> inner.run(() -> time.sleep(Duration.ofHours(1).toNanos()))))
                .isInstanceOf(AttemptTimeoutException.class);
        assertThat(time.nanoTime()).isEqualTo(Duration.ofSeconds(1).toNanos());
        assertThat(circuit.snapshot().calls()).isZero();
    }

    @Test
    void anAttemptThatTakesTooLongCountsAgainstTheDependency() {
        Circuit circuit = Circuit.of("own", CircuitPolicy.defaults(), time);
        Retry retry = builder(Scenario.plainPolicy()
                        .attemptTimeout(Duration.ofSeconds(1))
                        .maxAttempts(1))
                .circuit(circuit)
                .build();
        assertThatThrownBy(() -> retry.run(() -> time.sleep(Duration.ofHours(1).toNanos())))
                .isInstanceOf(AttemptTimeoutException.class);
        assertThat(circuit.snapshot().failures()).isEqualTo(1);
    }

    @Test
    void aListenerMakesCallsOfItsOwn() {
        Retry telling = Retry.builder("telling").timeSource(time).build();
        Retry retry = builder(Scenario.plainPolicy())
                .listener(event -> telling.run(() -> attempts.addAndGet(100)))
                .build();
        assertThatThrownBy(() -> retry.call(this::fail)).isSameAs(failure);
        assertThat(attempts).hasValue(303);
    }

    /** The exception's type is lost on its way through a cause, not its meaning. */
    @Test
    void looksThroughTheCauseChain() {
        assertThatThrownBy(() -> retry().run(() -> {
                    attempts.incrementAndGet();
                    throw new UncheckedIOException(failure);
                }))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(attempts).hasValue(3);
    }

    @Test
    void worksOnTheSystemsClockWithoutAnySettings() throws Exception {
        Retry retry = Retry.builder("plain").build();
        assertThat(retry.call(() -> "result")).isEqualTo("result");
        assertThat(retry.callAsync(() -> java.util.concurrent.CompletableFuture.completedFuture("later"))
                        .get())
                .isEqualTo("later");
        assertThat(retry).hasToString("Retry[plain]");
    }
}
