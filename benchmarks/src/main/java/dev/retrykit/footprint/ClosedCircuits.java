package dev.retrykit.footprint;

import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.KeyLimits;
import dev.retrykit.circuit.KeyedCircuits;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Prints how many bytes of the heap a closed circuit retains that has seen a hundred calls, beside those of Resilience4j and
 * Failsafe with the same windows; and how many a key of {@link KeyedCircuits} does, its text included.
 */
public final class ClosedCircuits {

    private static final int CIRCUITS = 10_000;
    private static final int CALLS = 100;

    private final @Nullable Object[] kept = new Object[CIRCUITS];

    private ClosedCircuits() {}

    /** Takes no arguments. */
    public static void main(String[] args) {
        ClosedCircuits circuits = new ClosedCircuits();
        CircuitPolicy timed = CircuitPolicy.defaults();
        CircuitPolicy counted = CircuitPolicy.builder().countWindow(CALLS).build();
        circuits.measure("retrykit, 10 s", i -> called(Circuit.of("circuit", timed)));
        circuits.measure("retrykit, 100 calls", i -> called(Circuit.of("circuit", counted)));
        KeyedCircuits<Circuit> keys =
                KeyedCircuits.of(() -> Circuit.builder("circuit"), new KeyLimits(2 * CIRCUITS, Duration.ofHours(1)));
        circuits.measure("retrykit, a key, 10 s", i -> called(keys.get("key " + i)));
        circuits.measure("Resilience4j, 10 s", i -> called(resilience4j(SlidingWindowType.TIME_BASED, 10)));
        circuits.measure("Resilience4j, 100 calls", i -> called(resilience4j(SlidingWindowType.COUNT_BASED, CALLS)));
        circuits.measure("Failsafe, 10 s", i -> called(failsafeTimed()));
        circuits.measure("Failsafe, 100 calls", i -> called(failsafeCounted()));
    }

    private static Circuit called(Circuit circuit) {
        for (int i = 0; i < CALLS; i++) {
            circuit.call(() -> "result");
        }
        return circuit;
    }

    private static CircuitBreaker called(CircuitBreaker breaker) {
        for (int i = 0; i < CALLS; i++) {
            breaker.executeSupplier(() -> "result");
        }
        return breaker;
    }

    private static dev.failsafe.CircuitBreaker<Object> called(dev.failsafe.CircuitBreaker<Object> breaker) {
        for (int i = 0; i < CALLS; i++) {
            dev.failsafe.Failsafe.with(breaker).get(() -> "result");
        }
        return breaker;
    }

    private static CircuitBreaker resilience4j(SlidingWindowType type, int size) {
        return CircuitBreaker.of(
                "circuit",
                CircuitBreakerConfig.custom().slidingWindow(size, CALLS, type).build());
    }

    private static dev.failsafe.CircuitBreaker<Object> failsafeTimed() {
        return dev.failsafe.CircuitBreaker.builder()
                .withFailureRateThreshold(70, 20, Duration.ofSeconds(10))
                .build();
    }

    private static dev.failsafe.CircuitBreaker<Object> failsafeCounted() {
        return dev.failsafe.CircuitBreaker.builder()
                .withFailureThreshold(70, CALLS)
                .build();
    }

    private void measure(String what, IntFunction<Object> maker) {
        kept[0] = maker.apply(CIRCUITS); // loads classes
        long before = Heap.used();
        for (int i = 0; i < CIRCUITS; i++) {
            kept[i] = maker.apply(i);
        }
        long bytes = Heap.used() - before;
        System.out.printf("%-24s %5d bytes%n", what, Math.round((double) bytes / CIRCUITS));
        for (int i = 0; i < CIRCUITS; i++) {
            kept[i] = null;
        }
    }
}
