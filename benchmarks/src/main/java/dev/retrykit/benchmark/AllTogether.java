package dev.retrykit.benchmark;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.retrykit.Retry;
import dev.retrykit.RetryCounters;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.openjdk.jmh.annotations.Benchmark;

/** The default policy with circuit and budget, and a call that succeeds; of the others, retry and circuit. */
public class AllTogether extends Timed {

    private final Retry retrykit = retrykit().build();
    private final Retry retrykitCounted =
            retrykit().counters(new RetryCounters()).build();
    private final io.github.resilience4j.retry.Retry resilience4jRetry = Retries.resilience4j();
    private final CircuitBreaker resilience4jCircuit = Circuits.resilience4jTimed(Circuits.REACHED);
    private final FailsafeExecutor<Object> failsafe =
            Failsafe.with(Retries.failsafe(), Circuits.failsafeTimed(Circuits.REACHED));

    private static Retry.Builder retrykit() {
        return Retry.builder("all")
                .policy(Retries.withoutDelay().build())
                .circuit(Circuit.of("all", CircuitPolicy.defaults()));
    }

    @Benchmark
    public String retrykit(Work work) {
        return retrykit.call(work.succeeds);
    }

    /** As the starter makes it. */
    @Benchmark
    public String retrykitCounted(Work work) {
        return retrykitCounted.call(work.succeeds);
    }

    @Benchmark
    public String resilience4j(Work work) throws Exception {
        return io.github.resilience4j.retry.Retry.decorateCallable(
                        resilience4jRetry, CircuitBreaker.decorateCallable(resilience4jCircuit, work.succeedsCallable))
                .call();
    }

    @Benchmark
    public Object failsafe(Work work) {
        return failsafe.get(work.succeedsSupplier);
    }
}
