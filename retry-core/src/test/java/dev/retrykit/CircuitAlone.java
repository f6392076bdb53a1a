package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.CallStyle.Result;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitOpenException;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.function.ThrowingCallable;
import dev.retrykit.time.ManualTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Calls through a circuit that nobody retries, in one style. Styles of annotated methods go through an engine that makes one
 * attempt, as the starter makes it.
 */
public final class CircuitAlone {

    final ManualTime time = new ManualTime();

    /** Bodies that ran, whatever the circuit says. */
    final AtomicInteger ran = new AtomicInteger();

    private final CallStyle style;
    private @Nullable Circuit circuit;
    private @Nullable Retry guard;

    /** Without a circuit yet. */
    public CircuitAlone(CallStyle style) {
        this.style = style;
    }

    /** Opens after 2 failures of 3 calls or more, for 1 s, then for 2 s; 2 probes within 10 s. */
    static CircuitPolicy.Builder quick() {
        return CircuitPolicy.builder()
                .countWindow(10)
                .minimumCalls(3)
                .failureRate(60)
                .openDuration(Duration.ofSeconds(1))
                .openJitter(0)
                .probes(2)
                .lease(Duration.ofSeconds(10));
    }

    CircuitAlone with(CircuitPolicy.Builder policy) {
        circuit = Circuit.of("alone", policy.build(), time);
        guard = Retry.builder("alone")
                .policy(RetryPolicy.builder()
                        .maxAttempts(1)
                        .timeBudget(Duration.ofNanos(Long.MAX_VALUE / 2))
                        .build())
                .circuit(circuit)
                .budget(RetryBudget.of("alone", BudgetPolicy.unlimited(), time))
                .timeSource(time)
                .executor(Runnable::run)
                .build();
        return this;
    }

    Circuit circuit() {
        return circuit;
    }

    Result call(ThrowingCallable<Object, ?> body) {
        return style.make(
                guard,
                time,
                () -> {
                    ran.incrementAndGet();
                    return body.call();
                },
                giveUp -> {});
    }

    CircuitAlone succeeds(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(call(() -> "result").failure()).isNull();
        }
        return this;
    }

    CircuitAlone fails(Throwable failure, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(call(() -> sneaky(failure)).failure()).isSameAs(failure);
        }
        return this;
    }

    CircuitAlone isRejected() {
        int before = ran.get();
        assertThat(call(() -> "result").failure()).isInstanceOf(CircuitOpenException.class);
        assertThat(ran).as("nothing ran").hasValue(before);
        return this;
    }

    CircuitAlone passes(Duration duration) {
        time.advance(duration);
        return this;
    }

    CircuitAlone is(CircuitState state) {
        assertThat(circuit.state()).isEqualTo(state);
        return this;
    }

    /** What the window holds. */
    CircuitAlone counts(int calls, int failures) {
        assertThat(circuit.snapshot().calls()).as("calls").isEqualTo(calls);
        assertThat(circuit.snapshot().failures()).as("failures").isEqualTo(failures);
        return this;
    }

    @SuppressWarnings("unchecked")
    static <X extends Throwable> Object sneaky(Throwable failure) throws X {
        throw (X) failure;
    }
}
