package dev.retrykit.benchmark;

import org.openjdk.jmh.annotations.Benchmark;

/**
 * An annotated method of a bean that succeeds. Of ours and Resilience4j with both annotations; the others have the one
 * for retries only. Nobody else's meters are attached to a registry.
 */
public class Annotated extends Timed {

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
