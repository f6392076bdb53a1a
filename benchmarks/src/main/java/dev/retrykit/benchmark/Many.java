package dev.retrykit.benchmark;

import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.KeyLimits;
import dev.retrykit.circuit.KeyedCircuits;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Closed circuits called in turn, a thousand or one for each of ten thousand keys: what doesn't stay in the cache. */
public class Many extends Timed {

    private static final int CIRCUITS = 1_000;
    private static final int KEYS = 10_000;

    private final List<Circuit> circuits = new ArrayList<>();
    private final List<CircuitBreaker> circuitBreakers = new ArrayList<>();
    private final String[] keys = new String[KEYS];
    private final KeyedCircuits<Circuit> keyed;
    private final CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();

    public Many() {
        for (int i = 0; i < CIRCUITS; i++) {
            circuits.add(Circuit.of("circuit-" + i, CircuitPolicy.defaults()));
            circuitBreakers.add(CircuitBreaker.ofDefaults("circuit-" + i));
        }
        keyed = KeyedCircuits.of(() -> Circuit.builder("keyed"), new KeyLimits(KEYS, Duration.ofHours(1)));
        for (int i = 0; i < KEYS; i++) {
            keys[i] = "key-" + i;
            keyed.get(keys[i]).run(() -> {});
            registry.circuitBreaker(keys[i]);
        }
    }

    @Benchmark
    public String retrykitThousand(Work work, Turn turn) {
        return circuits.get(turn.next(CIRCUITS)).call(work.succeeds);
    }

    @Benchmark
    public String resilience4jThousand(Work work, Turn turn) throws Exception {
        return circuitBreakers.get(turn.next(CIRCUITS)).executeCallable(work.succeedsCallable);
    }

    @Benchmark
    public String retrykitTenThousandKeys(Work work, Turn turn) {
        return keyed.get(keys[turn.next(KEYS)]).call(work.succeeds);
    }

    @Benchmark
    public String resilience4jTenThousandKeys(Work work, Turn turn) throws Exception {
        return registry.circuitBreaker(keys[turn.next(KEYS)]).executeCallable(work.succeedsCallable);
    }

    /** Whose turn it is: steps that no cache foresees. */
    @State(Scope.Thread)
    public static class Turn {

        private int last;

        int next(int size) {
            last = (last + 7_919) % size;
            return last;
        }
    }
}
