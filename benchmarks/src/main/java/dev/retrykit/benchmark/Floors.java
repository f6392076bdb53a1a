package dev.retrykit.benchmark;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the parts cost on this machine that no circuit can do without. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class Floors {

    private final LongAdder adder = new LongAdder();

    @Benchmark
    public long clock() {
        return System.nanoTime();
    }

    @Benchmark
    public void stripedAdd() {
        adder.increment();
    }

    @Benchmark
    public String clockAndStripedAdd(Work work) {
        long began = System.nanoTime();
        String result = work.succeeds.call();
        if (began != 0) {
            adder.increment();
        }
        return result;
    }

    @Benchmark
    public String twoClocksAndStripedAdd(Work work) {
        long began = System.nanoTime();
        String result = work.succeeds.call();
        if (System.nanoTime() - began >= 0) {
            adder.increment();
        }
        return result;
    }
}
