package dev.retrykit.benchmark;

import dev.failsafe.FailsafeExecutor;
import dev.retrykit.Retry;
import org.openjdk.jmh.annotations.Benchmark;
import org.springframework.core.retry.RetryTemplate;

/**
 * A retry, and a call that fails once and then succeeds, without a delay. Not with our default budget: where half of all
 * attempts fail it grants no retry.
 */
public class SecondSuccess extends Timed {

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
