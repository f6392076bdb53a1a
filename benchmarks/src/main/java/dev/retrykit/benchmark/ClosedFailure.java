package dev.retrykit.benchmark;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.retrykit.circuit.Circuit;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A closed circuit, and a call that fails, which isn't enough to open it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ClosedFailure {

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
