package dev.retrykit.benchmark;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.retrykit.circuit.Circuit;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** An open circuit, and a call that it turns away. */
public class Rejected extends Timed {

    private final Circuit circuit = Circuits.opensForADay();
    private final CircuitBreaker resilience4j = Circuits.resilience4jOpensForADay(true);
    private final CircuitBreaker resilience4jStackless = Circuits.resilience4jOpensForADay(false);
    private final dev.failsafe.CircuitBreaker<Object> failsafeBreaker = Circuits.failsafeOpensForADay();
    private final FailsafeExecutor<Object> failsafe = Failsafe.with(failsafeBreaker);

    /** For a day. */
    @Setup
    public void open() {
        Circuits.open(circuit);
        resilience4j.transitionToOpenState();
        resilience4jStackless.transitionToOpenState();
        failsafeBreaker.open();
    }

    @Benchmark
    public Throwable retrykit(Work work) {
        try {
            return unexpected(circuit.call(work.succeeds));
        } catch (Exception failed) {
            return failed;
        }
    }

    @Benchmark
    public Throwable resilience4j(Work work) {
        try {
            return unexpected(resilience4j.executeCallable(work.succeedsCallable));
        } catch (Exception failed) {
            return failed;
        }
    }

    @Benchmark
    public Throwable resilience4jStackless(Work work) {
        try {
            return unexpected(resilience4jStackless.executeCallable(work.succeedsCallable));
        } catch (Exception failed) {
            return failed;
        }
    }

    @Benchmark
    public Throwable failsafe(Work work) {
        try {
            return unexpected(failsafe.get(work.succeedsSupplier));
        } catch (Exception failed) {
            return failed;
        }
    }

    private static Throwable unexpected(Object result) {
        throw new AssertionError("it returned " + result);
    }
}
