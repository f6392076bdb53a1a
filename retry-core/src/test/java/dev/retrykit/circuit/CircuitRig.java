package dev.retrykit.circuit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.Signal;
import dev.retrykit.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A circuit, a clock that stands still, and what the circuit told. */
final class CircuitRig {

    /** Draws exactly the middle, so that jitter changes nothing. */
    static final RandomGenerator MIDDLE = () -> Long.MIN_VALUE;

    final ManualTime time;
    final List<String> transitions = new ArrayList<>();
    final CircuitCounters counters = new CircuitCounters();
    final Circuit circuit;

    CircuitRig(CircuitPolicy.Builder policy) {
        this(policy, new ManualTime());
    }

    CircuitRig(CircuitPolicy.Builder policy, ManualTime time) {
        this.time = time;
        this.circuit = Circuit.builder("inventory")
                .policy(policy.build())
                .timeSource(time)
                .random(MIDDLE)
                .listener(change -> transitions.add(change.from() + " > " + change.to()))
                .counters(counters)
                .build();
    }

    /** Opens after 2 failures of 2 to 10 calls, for 1 s, 2 s, 4 s, then 8 s; 3 probes within 10 s. */
    static CircuitPolicy.Builder quick() {
        return CircuitPolicy.builder()
                .countWindow(10)
                .minimumCalls(3)
                .failureRate(50)
                .openDuration(Duration.ofSeconds(1))
                .maxOpenDuration(Duration.ofSeconds(8))
                .probes(3)
                .lease(Duration.ofSeconds(10));
    }

    Permit begin() {
        Permit permit = circuit.tryAcquire(time.nanoTime());
        if (permit == null) {
            throw new AssertionError("no permit from " + circuit);
        }
        return permit;
    }

    boolean isAdmitted() {
        return circuit.tryAcquire(time.nanoTime()) != null;
    }

    void end(Permit permit, Signal signal) {
        circuit.end(permit, signal, time.nanoTime(), time.nanoTime());
    }

    CircuitRig calls(Signal signal, int times) {
        for (int i = 0; i < times; i++) {
            end(begin(), signal);
        }
        return this;
    }

    CircuitRig slowCalls(Signal signal, Duration took, int times) {
        for (int i = 0; i < times; i++) {
            long now = time.nanoTime();
            circuit.end(begin(), signal, now - took.toNanos(), now);
        }
        return this;
    }

    CircuitRig open() {
        calls(Signal.FAILURE, 3);
        assertThat(state()).isEqualTo(CircuitState.OPEN);
        return this;
    }

    CircuitRig halfOpen() {
        open().pass(Duration.ofSeconds(1));
        assertThat(state()).isEqualTo(CircuitState.HALF_OPEN);
        return this;
    }

    CircuitRig pass(Duration duration) {
        time.advance(duration);
        return this;
    }

    CircuitState state() {
        return circuit.state();
    }
}
