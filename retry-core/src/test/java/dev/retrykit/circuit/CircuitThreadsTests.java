package dev.retrykit.circuit;

import static dev.retrykit.circuit.CircuitRig.quick;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.Together;
import dev.retrykit.failure.Signal;
import dev.retrykit.time.ManualTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;

class CircuitThreadsTests {

    private static final int THREADS = 4;

    private final ManualTime time = new ManualTime();
    private final AtomicInteger transitions = new AtomicInteger();

    /** Resilience4j #1090. */
    @RepeatedTest(50)
    void noMoreProbesAreAdmittedThanConfigured() throws Exception {
        Circuit circuit = circuit(quick().minimumCalls(7).probes(7));
        circuit.halfOpen();
        AtomicInteger admitted = new AtomicInteger();
        Together.run(THREADS, () -> {
            for (int i = 0; i < 100; i++) {
                if (circuit.tryAcquire(time.nanoTime()) != null) {
                    admitted.incrementAndGet();
                }
            }
        });
        assertThat(admitted).hasValue(7);
        assertThat(circuit.snapshot().rejected()).isEqualTo(THREADS * 100 - 7);
    }

    @RepeatedTest(20)
    void placesThatAreGivenBackAreGivenOutAgainAndNeverMoreAtOnce() throws Exception {
        Circuit circuit = circuit(quick().probes(2));
        circuit.halfOpen();
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Together.run(THREADS, () -> {
            for (int i = 0; i < 2_000; i++) {
                Permit permit = circuit.tryAcquire(0);
                if (permit != null) {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    running.decrementAndGet();
                    circuit.end(permit, Signal.NONE, 0, 0);
                }
            }
        });
        assertThat(most.get()).isBetween(1, 2);
        assertThat(circuit.state()).isEqualTo(CircuitState.HALF_OPEN);
        assertThat(circuit.tryAcquire(0)).isNotNull();
        assertThat(circuit.tryAcquire(0)).isNotNull();
        assertThat(circuit.tryAcquire(0)).isNull();
    }

    @RepeatedTest(50)
    void ofManyThreadsThatSeeTheSameReasonOneOpensIt() throws Exception {
        Circuit circuit = circuit(quick());
        Together.run(THREADS, () -> {
            for (int i = 0; i < 100; i++) {
                Permit permit = circuit.tryAcquire(0);
                if (permit != null) {
                    circuit.end(permit, Signal.FAILURE, 0, 0);
                }
            }
        });
        assertThat(circuit.state()).isEqualTo(CircuitState.OPEN);
        assertThat(transitions).hasValue(1);
    }

    @RepeatedTest(50)
    void ofManyThreadsThatSeeTheOpenTimeEndOneBeginsTheProbes() throws Exception {
        Circuit circuit = circuit(quick());
        for (int i = 0; i < 3; i++) {
            circuit.end(circuit.tryAcquire(0), Signal.FAILURE, 0, 0);
        }
        time.advance(Duration.ofSeconds(2));
        AtomicInteger admitted = new AtomicInteger();
        Together.run(THREADS, () -> {
            if (circuit.tryAcquire(time.nanoTime()) != null) {
                admitted.incrementAndGet();
            }
        });
        assertThat(admitted).hasValue(3);
        assertThat(transitions).hasValue(2);
    }

    @RepeatedTest(50)
    void theLastOfManyProbesClosesIt() throws Exception {
        Circuit circuit = circuit(quick().minimumCalls(4).probes(4));
        circuit.halfOpen();
        Together.run(THREADS, () -> circuit.end(circuit.tryAcquire(0), Signal.SUCCESS, 0, 0));
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
        assertThat(transitions).hasValue(2);
    }

    @RepeatedTest(10)
    void noResultOfAClosedCircuitIsLost() throws Exception {
        Circuit circuit = circuit(CircuitPolicy.builder().failureRate(100));
        Together.run(THREADS, () -> {
            for (int i = 0; i < 10_000; i++) {
                circuit.end(circuit.tryAcquire(0), i % 4 == 0 ? Signal.FAILURE : Signal.SUCCESS, 0, 0);
                if (i == 0) {
                    circuit.end(circuit.tryAcquire(0), Signal.SUCCESS, 0, 0);
                }
            }
        });
        assertThat(circuit.snapshot().calls()).isEqualTo(THREADS * 10_001);
        assertThat(circuit.snapshot().failures()).isEqualTo(THREADS * 2_500);
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
    }

    private Circuit circuit(CircuitPolicy.Builder policy) {
        return Circuit.builder("shared")
                .policy(policy.openJitter(0).build())
                .timeSource(time)
                .listener(change -> transitions.incrementAndGet())
                .build();
    }
}
