package dev.retrykit.benchmark;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.Timeout;
import dev.retrykit.Retry;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A first attempt that succeeds well within its time limit, at which its thread would be interrupted. */
@State(Scope.Benchmark)
public class Limited extends Timed {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Retry limited =
            retry(Retries.withoutDelay().attemptTimeout(LIMIT).build());
    private final Retry unlimited = retry(Retries.withoutDelay().build());
    private final FailsafeExecutor<Object> failsafe =
            Failsafe.with(Timeout.builder(LIMIT).withInterrupt().build());
    private final FailsafeExecutor<Object> failsafeRetried = Failsafe.with(
            Retries.failsafe(), Timeout.builder(LIMIT).withInterrupt().build());
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);

    public Limited() {
        timer.setRemoveOnCancelPolicy(true);
    }

    private static Retry retry(dev.retrykit.RetryPolicy policy) {
        return Retry.builder("limited")
                .policy(policy)
                .budget(RetryBudget.of("limited", BudgetPolicy.unlimited()))
                .build();
    }

    @TearDown
    public void stop() {
        timer.shutdownNow();
    }

    @Benchmark
    public String retrykit(Work work) {
        return limited.call(work.succeeds);
    }

    /** The same without a limit for each attempt. */
    @Benchmark
    public String retrykitWithout(Work work) {
        return unlimited.call(work.succeeds);
    }

    @Benchmark
    public Object failsafe(Work work) {
        return failsafe.get(work.succeedsSupplier);
    }

    @Benchmark
    public Object failsafeRetried(Work work) {
        return failsafeRetried.get(work.succeedsSupplier);
    }

    /** By hand: a task that interrupts the thread, and is cancelled. */
    @Benchmark
    public String scheduledThreadPool(Work work) {
        Thread own = Thread.currentThread();
        Future<?> interrupt = timer.schedule(own::interrupt, LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        String result = work.succeeds.call();
        interrupt.cancel(false);
        return result;
    }
}
