package dev.retrykit.benchmark;

import dev.failsafe.FailsafeExecutor;
import dev.retrykit.Retry;
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
import org.springframework.core.retry.RetryTemplate;

/**
 * A retry, and a call that fails once and then succeeds, without a delay. Not with our default budget: where half of all
 * attempts fail it grants no retry.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class SecondSuccess {

    private final Retry bare = Retries.bare();
    private final io.github.resilience4j.retry.Retry resilience4j = Retries.resilience4j();
    private final FailsafeExecutor<Object> failsafe = Retries.failsafeExecutor();
    private final RetryTemplate springFramework = Retries.springFramework();
    private final org.springframework.retry.support.RetryTemplate springRetry = Retries.springRetry();

    @Benchmark
    public String retrykitBare(FailingOnce work) throws Exception {
        return bare.call(work.call);
    }

    @Benchmark
    public String resilience4j(FailingOnce work) throws Exception {
        return resilience4j.executeCallable(work.callable);
    }

    @Benchmark
    public Object failsafe(FailingOnce work) {
        return failsafe.get(work.supplier);
    }

    @Benchmark
    public String springFramework(FailingOnce work) throws Exception {
        return springFramework.execute(work.retryable);
    }

    @Benchmark
    public String springRetry(FailingOnce work) throws Exception {
        return springRetry.execute(work.callback);
    }
}
