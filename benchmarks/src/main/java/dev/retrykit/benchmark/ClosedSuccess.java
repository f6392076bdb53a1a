package dev.retrykit.benchmark;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.retrykit.circuit.Circuit;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.openjdk.jmh.annotations.Benchmark;

/** A closed circuit, and a call that succeeds. */
public class ClosedSuccess extends Timed {

    private final Circuit plain = Circuits.plain(Circuits.REACHED);
    private final Circuit timed = Circuits.timed(Circuits.REACHED);
    private final Circuit counted = Circuits.counted();
    private final CircuitBreaker resilience4jTimed = Circuits.resilience4jTimed(Circuits.REACHED);
    private final CircuitBreaker resilience4jCounted = Circuits.resilience4jCounted();
    private final FailsafeExecutor<Object> failsafeTimed = Failsafe.with(Circuits.failsafeTimed(Circuits.REACHED));
    private final FailsafeExecutor<Object> failsafeCounted = Failsafe.with(Circuits.failsafeCounted());

    @Benchmark
    public String nothing(Work work) {
        return work.succeeds.call();
    }

    @Benchmark
    public String retrykitTimeWindow(Work work) {
        return plain.call(work.succeeds);
    }

    @Benchmark
    public String retrykitTimeWindowSlowCalls(Work work) {
        return timed.call(work.succeeds);
    }

    @Benchmark
    public String retrykitCountWindow(Work work) {
        return counted.call(work.succeeds);
    }

    @Benchmark
    public String resilience4jTimeWindowSlowCalls(Work work) throws Exception {
        return resilience4jTimed.executeCallable(work.succeedsCallable);
    }

    @Benchmark
    public String resilience4jCountWindowSlowCalls(Work work) throws Exception {
        return resilience4jCounted.executeCallable(work.succeedsCallable);
    }

    @Benchmark
    public Object failsafeTimeWindow(Work work) {
        return failsafeTimed.get(work.succeedsSupplier);
    }

    @Benchmark
    public Object failsafeCountWindow(Work work) {
        return failsafeCounted.get(work.succeedsSupplier);
    }
}
