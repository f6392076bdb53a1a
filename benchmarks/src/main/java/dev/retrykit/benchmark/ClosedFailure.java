package dev.retrykit.benchmark;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.retrykit.circuit.Circuit;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.concurrent.Callable;
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

    private final Circuit plain = Circuits.plain();
    private final Circuit timed = Circuits.timed();
    private final CircuitBreaker resilience4jTimed = Circuits.resilience4jTimed();
    private final FailsafeExecutor<Object> failsafeTimed = Failsafe.with(Circuits.failsafeTimed());

    @Benchmark
    public Throwable nothing(Work work) {
        return failure(work.fails);
    }

    @Benchmark
    public Throwable retrykitTimeWindow(Work work) {
        return failure(() -> plain.call(work::failure));
    }

    @Benchmark
    public Throwable retrykitTimeWindowSlowCalls(Work work) {
        return failure(() -> timed.call(work::failure));
    }

    @Benchmark
    public Throwable resilience4jTimeWindowSlowCalls(Work work) {
        return failure(() -> resilience4jTimed.executeCallable(work.fails));
    }

    @Benchmark
    public Throwable failsafeTimeWindow(Work work) {
        return failure(() -> failsafeTimed.get(work::failure));
    }

    private static Throwable failure(Callable<?> call) {
        try {
            call.call();
            throw new IllegalStateException("it succeeded");
        } catch (Exception failed) {
            return failed;
        }
    }
}
