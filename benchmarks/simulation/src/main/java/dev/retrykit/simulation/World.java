package dev.retrykit.simulation;

import dev.retrykit.Retry;
import dev.retrykit.RetryPolicy;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A clock that nobody waits for, and chance that is the same in each run. Times are milliseconds from the beginning. */
final class World {

    private static final double NANOS = 1e6;

    private final ManualTime time = new ManualTime();
    private final Random random;
    private final List<Change> changes = new ArrayList<>();
    private int circuits;

    World(long seed) {
        this.random = new Random(seed);
    }

    /** A circuit has another state. */
    record Change(int circuit, CircuitState to, double at) {}

    ManualTime time() {
        return time;
    }

    Random random() {
        return random;
    }

    double now() {
        return time.nanoTime() / NANOS;
    }

    void after(double milliseconds, Runnable task) {
        time.schedule(task, Math.round(milliseconds * NANOS));
    }

    /** Lets time pass. */
    void run(double milliseconds) {
        time.advance(Duration.ofNanos(Math.round(milliseconds * NANOS)));
    }

    /** Lets time pass until nothing is left to happen. */
    void runUntilNothingIsLeft() {
        while (time.pending() > 0) {
            run(1_000);
        }
    }

    /** An engine in this world, whose retries need no thread. */
    Retry.Builder retry(String name, RetryPolicy policy) {
        return Retry.builder(name)
                .policy(policy)
                .timeSource(time)
                .random(random)
                .executor(Runnable::run);
    }

    /** A circuit in this world, whose changes are kept. */
    Circuit circuit(CircuitPolicy policy) {
        int number = circuits++;
        return Circuit.builder("server")
                .policy(policy)
                .timeSource(time)
                .random(random)
                .listener(transition -> changes.add(new Change(number, transition.to(), now())))
                .build();
    }

    /** What has become of all circuits, in order of time. */
    List<Change> changes() {
        return List.copyOf(changes);
    }
}
