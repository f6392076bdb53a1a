package dev.retrykit.benchmark;

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

/**
 * An annotated method of a bean that succeeds. Of ours and Resilience4j with both annotations; the others have the one
 * for retries only. Nobody else's meters are attached to a registry.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class Annotated {

    private final Beans.Plain proxied = Beans.proxied();
    private final Beans.Guarded retrykit = Beans.retrykit();
    private final Beans.Guarded retrykitWithPrometheus = Beans.retrykitWithPrometheus();
    private final Beans.Resilience4j resilience4j = Beans.resilience4j();
    private final Beans.Resilient springFramework = Beans.springFramework();
    private final Beans.Retried springRetry = Beans.springRetry();

    @Benchmark
    public String proxyAlone() {
        return proxied.call();
    }

    @Benchmark
    public String retrykit() {
        return retrykit.call();
    }

    @Benchmark
    public String retrykitRetryableAlone() {
        return retrykit.retried();
    }

    @Benchmark
    public String retrykitWithPrometheus() {
        return retrykitWithPrometheus.call();
    }

    @Benchmark
    public String resilience4j() {
        return resilience4j.call();
    }

    @Benchmark
    public String springFrameworkRetryableAlone() {
        return springFramework.call();
    }

    @Benchmark
    public String springRetryRetryableAlone() {
        return springRetry.call();
    }
}
