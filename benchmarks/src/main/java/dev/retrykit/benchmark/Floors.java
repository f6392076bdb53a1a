package dev.retrykit.benchmark;

import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;

/** What the parts cost on this machine that no circuit can do without. */
public class Floors extends Timed {

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
