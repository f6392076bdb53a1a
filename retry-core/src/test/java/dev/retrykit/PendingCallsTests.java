package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.event.CallOutcome;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Very many asynchronous calls at once, on the system's clock. */
@Timeout(120)
class PendingCallsTests {

    private static final int CALLS = 100_000;
    private static final int EXECUTOR_THREADS = 2;

    /** What the JVM and the test framework may begin beside the test. */
    private static final int OTHER_THREADS = 10;

    private final ThreadMXBean jvm = ManagementFactory.getThreadMXBean();
    private final ExecutorService executor = Executors.newFixedThreadPool(EXECUTOR_THREADS);

    @AfterEach
    void stopThreads() {
        executor.shutdownNow();
    }

    /** Until all have begun, each call fails again and again: then all of them are pending at the same time. */
    @Test
    void aHundredThousandCallsInBackoffHoldNoThread() throws Exception {
        RetryCounters counters = new RetryCounters();
        Retry retry = Retry.builder("pending")
                .policy(RetryPolicy.builder()
                        .maxAttempts(10_000)
                        .backoff(BackoffPolicy.fixed(Duration.ofSeconds(1)))
                        .jitter(Jitter.NONE)
                        .timeBudget(Duration.ofMinutes(10))
                        .build())
                .budget(RetryBudget.of("pending", BudgetPolicy.unlimited()))
                .executor(executor)
                .counters(counters)
                .build();
        AtomicBoolean works = new AtomicBoolean();
        CompletableFuture<String> failed = CompletableFuture.failedFuture(new ConnectException("again"));
        jvm.resetPeakThreadCount();
        int threadsBefore = jvm.getThreadCount();

        CompletableFuture<?>[] calls = new CompletableFuture<?>[CALLS];
        for (int i = 0; i < CALLS; i++) {
            calls[i] = retry.callAsync(() -> works.get() ? CompletableFuture.completedFuture("result") : failed);
        }

        assertThat(calls).noneMatch(CompletableFuture::isDone);
        assertThat(timerThreads()).isEqualTo(1);
        works.set(true);
        CompletableFuture.allOf(calls).get(60, TimeUnit.SECONDS);
        assertThat(counters.calls(CallOutcome.RECOVERED)).isEqualTo(CALLS);
        assertThat(timerThreads()).isEqualTo(1);
        assertThat(jvm.getPeakThreadCount() - threadsBefore).isLessThanOrEqualTo(1 + EXECUTOR_THREADS + OTHER_THREADS);
    }

    private static long timerThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("retrykit-timer"))
                .count();
    }
}
