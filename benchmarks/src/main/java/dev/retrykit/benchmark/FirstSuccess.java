package dev.retrykit.benchmark;

import dev.failsafe.FailsafeExecutor;
import dev.retrykit.Retry;
import org.openjdk.jmh.annotations.Benchmark;
import org.springframework.core.retry.RetryTemplate;

/** A retry, and a call whose first attempt succeeds: what nearly all calls are. */
public class FirstSuccess extends Timed {

    private final Retry bare = Retries.bare();
    private final Retry standard = Retries.standard();
    private final io.github.resilience4j.retry.Retry resilience4j = Retries.resilience4j();
    private final FailsafeExecutor<Object> failsafe = Retries.failsafeExecutor();
    private final RetryTemplate springFramework = Retries.springFramework();
    private final org.springframework.retry.support.RetryTemplate springRetry = Retries.springRetry();

    @Benchmark
    public String nothing(Work work) {
        return work.succeeds.call();
    }

    @Benchmark
    public String retrykitBare(Work work) {
        return bare.call(work.succeeds);
    }

    @Benchmark
    public String retrykitDefaults(Work work) {
        return standard.call(work.succeeds);
    }

    @Benchmark
    public String resilience4j(Work work) throws Exception {
        return resilience4j.executeCallable(work.succeedsCallable);
    }

    @Benchmark
    public Object failsafe(Work work) {
        return failsafe.get(work.succeedsSupplier);
    }

    @Benchmark
    public String springFramework(Work work) throws Exception {
        return springFramework.execute(work.succeedsRetryable);
    }

    @Benchmark
    public String springRetry(Work work) {
        return springRetry.execute(work.succeedsCallback);
    }
}
