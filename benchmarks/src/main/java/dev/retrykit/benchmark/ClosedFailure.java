package dev.retrykit.benchmark;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.retrykit.circuit.Circuit;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.openjdk.jmh.annotations.Benchmark;

/** A closed circuit, and a call that fails, which isn't enough to open it. */
public class ClosedFailure extends Timed {

    private final Circuit plain = Circuits.plain(Circuits.NEVER_REACHED);
    private final Circuit timed = Circuits.timed(Circuits.NEVER_REACHED);
    private final CircuitBreaker resilience4jTimed = Circuits.resilience4jTimed(Circuits.NEVER_REACHED);
    private final FailsafeExecutor<Object> failsafeTimed =
            Failsafe.with(Circuits.failsafeTimed(Circuits.NEVER_REACHED));

    @Benchmark
    public Throwable nothing(Work work) {
        try {
            return unexpected(work.fails.call());
        } catch (Exception failed) {
            return work.itsOwn(failed);
        }
    }

    @Benchmark
    public Throwable retrykitTimeWindow(Work work) {
        try {
            return unexpected(plain.call(work.fails));
        } catch (Exception failed) {
            return work.itsOwn(failed);
        }
    }

    @Benchmark
    public Throwable retrykitTimeWindowSlowCalls(Work work) {
        try {
            return unexpected(timed.call(work.fails));
        } catch (Exception failed) {
            return work.itsOwn(failed);
        }
    }

    @Benchmark
    public Throwable resilience4jTimeWindowSlowCalls(Work work) {
        try {
            return unexpected(resilience4jTimed.executeCallable(work.failsCallable));
        } catch (Exception failed) {
            return work.itsOwn(failed);
        }
    }

    @Benchmark
    public Throwable failsafeTimeWindow(Work work) {
        try {
            return unexpected(failsafeTimed.get(work.failsSupplier));
        } catch (Exception failed) {
            return work.itsOwn(failed);
        }
    }

    private static Throwable unexpected(Object result) {
        throw new AssertionError("it returned " + result);
    }
}
