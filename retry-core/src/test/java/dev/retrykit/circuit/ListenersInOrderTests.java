package dev.retrykit.circuit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.circuit.CircuitListener.Transition;
import dev.retrykit.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Listeners are told of transitions in their order, while no lock is held and nobody waits. */
@Timeout(60)
class ListenersInOrderTests {

    private final ManualTime time = new ManualTime();

    private KeyedCircuits<Circuit> circuits(CircuitListener listener) {
        return KeyedCircuits.of(
                () -> Circuit.builder("search").timeSource(time).listener(listener),
                KeyLimits.defaults(CircuitPolicy.defaults()));
    }

    private static Thread start(Runnable action) {
        Thread thread = new Thread(action);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void join(Thread thread) {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(20));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aListenerMayWaitForAnotherThreadThatChangesAllKeys() {
        AtomicReference<KeyedCircuits<Circuit>> circuits = new AtomicReference<>();
        AtomicBoolean waited = new AtomicBoolean();
        AtomicBoolean ended = new AtomicBoolean();
        circuits.set(circuits(transition -> {
            if (waited.compareAndSet(false, true)) {
                Thread other = start(() -> {
                    circuits.get().disable();
                    circuits.get().change(CircuitPolicy.defaults(), KeyLimits.defaults(CircuitPolicy.defaults()));
                    circuits.get().get("us");
                });
                join(other);
                ended.set(!other.isAlive());
            }
        }));
        circuits.get().get("eu");

        circuits.get().forceOpen();

        assertThat(ended).isTrue();
        assertThat(circuits.get().get("eu").state()).isEqualTo(CircuitState.DISABLED);
        assertThat(circuits.get().shared().state()).isEqualTo(CircuitState.DISABLED);
    }

    @Test
    void aListenerIsToldInOrderHoweverManyThreadsMakeTransitions() {
        List<Transition> told = Collections.synchronizedList(new ArrayList<>());
        Circuit circuit = Circuit.builder("search")
                .policy(CircuitPolicy.builder()
                        .consecutiveFailures(1)
                        .openDuration(Duration.ofMillis(1))
                        .build())
                .timeSource(time)
                .listener(told::add)
                .build();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            int number = i;
            threads.add(start(() -> {
                for (int n = 0; n < 1_000; n++) {
                    switch ((n + number) % 4) {
                        case 0 -> circuit.forceOpen();
                        case 1 -> circuit.reset();
                        case 2 -> circuit.halfOpen();
                        default -> circuit.disable();
                    }
                }
            }));
        }
        threads.forEach(ListenersInOrderTests::join);

        CircuitState before = CircuitState.CLOSED;
        assertThat(told).hasSizeGreaterThan(1_000);
        for (Transition transition : told) {
            assertThat(transition.from()).isEqualTo(before);
            before = transition.to();
        }
        assertThat(circuit.state()).isEqualTo(before);
    }

    @Test
    void aListenerThatWaitsHoldsNobodyUpAndMissesNothing() throws InterruptedException {
        List<CircuitState> told = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Circuit circuit = Circuit.builder("search")
                .timeSource(time)
                .listener(transition -> {
                    told.add(transition.to());
                    entered.countDown();
                    awaitQuietly(released);
                })
                .build();
        Thread slow = start(circuit::forceOpen);
        awaitQuietly(entered);

        Thread other = start(() -> {
            circuit.disable();
            circuit.reset();
        });
        join(other);
        assertThat(other.isAlive()).isFalse();
        assertThat(told).containsExactly(CircuitState.FORCED_OPEN);

        released.countDown();
        join(slow);
        assertThat(told).containsExactly(CircuitState.FORCED_OPEN, CircuitState.DISABLED, CircuitState.CLOSED);
    }

    @Test
    void aListenerThatNeverReturnsCostsNoMoreThanTenThousandTransitions() throws InterruptedException {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        List<CircuitState> told = Collections.synchronizedList(new ArrayList<>());
        Circuit circuit = Circuit.builder("search")
                .timeSource(time)
                .listener(transition -> {
                    told.add(transition.to());
                    entered.countDown();
                    awaitQuietly(released);
                })
                .build();
        Thread slow = start(circuit::forceOpen);
        awaitQuietly(entered);
        for (int i = 0; i < 6_000; i++) {
            circuit.reset();
            circuit.forceOpen();
        }

        released.countDown();
        join(slow);

        assertThat(told).hasSize(10_001);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aListenerThatChangesTheCircuitIsToldOfThatAfterwards() {
        List<String> told = new ArrayList<>();
        AtomicReference<Circuit> circuit = new AtomicReference<>();
        circuit.set(Circuit.builder("search")
                .timeSource(time)
                .listener(transition -> {
                    told.add("begin " + transition.to());
                    if (transition.to() == CircuitState.FORCED_OPEN) {
                        circuit.get().reset();
                    }
                    told.add("end " + transition.to());
                })
                .build());

        circuit.get().forceOpen();

        assertThat(told).containsExactly("begin FORCED_OPEN", "end FORCED_OPEN", "begin CLOSED", "end CLOSED");
    }

    @Test
    void aListenerThatOverflowsTheStackIsToldOfWhatComesNext() {
        List<CircuitState> told = new ArrayList<>();
        Circuit circuit = Circuit.builder("search")
                .timeSource(time)
                .listener(transition -> {
                    told.add(transition.to());
                    if (transition.to() == CircuitState.FORCED_OPEN) {
                        overflow(1);
                    }
                })
                .build();

        circuit.forceOpen();
        circuit.reset();

        assertThat(told).containsExactly(CircuitState.FORCED_OPEN, CircuitState.CLOSED);
    }

    private static int overflow(int depth) {
        return depth < 0 ? 0 : overflow(depth + 1) + 1;
    }
}
