package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.event.CallOutcome;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.TimeBudgetSpentException;
import dev.retrykit.internal.drive.SneakyThrow;
import dev.retrykit.time.TimeSource;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Asynchronous calls on the system's clock and real threads. */
@Timeout(60)
class StageDriverThreadsTests {

    private final RetryCounters counters = new RetryCounters();
    private final ExecutorService threads = Executors.newFixedThreadPool(8);
    private final RetryBudget budget = RetryBudget.of(
            "threads", BudgetPolicy.builder().reserve(100_000).minSuccess(0).build());
    private final Circuit circuit =
            Circuit.of("threads", CircuitPolicy.builder().build());

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    private Retry retry(Duration delay) {
        return Retry.builder("threads")
                .policy(RetryPolicy.builder()
                        .backoff(BackoffPolicy.fixed(delay))
                        .jitter(Jitter.NONE)
                        .build())
                .budget(budget)
                .executor(threads)
                .counters(counters)
                .build();
    }

    @Test
    void tenThousandCallsThatFailOnceAllComplete() throws Exception {
        Retry retry = retry(Duration.ofMillis(1));
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            int call = i;
            AtomicInteger attempts = new AtomicInteger();
            futures.add(retry.callAsync(() -> CompletableFuture.supplyAsync(
                    () -> {
                        if (attempts.incrementAndGet() == 1) {
                            SneakyThrow.<RuntimeException>rethrow(new ConnectException("first"));
                        }
                        return call;
                    },
                    threads)));
        }
        for (int i = 0; i < futures.size(); i++) {
            assertThat(futures.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(i);
        }
        assertThat(counters.calls(CallOutcome.RECOVERED)).isEqualTo(10_000);
        assertThat(counters.attempts()).isEqualTo(20_000);
        assertThat(budget.snapshot().granted()).isEqualTo(10_000);
    }

    /** Cancel, result, timer and executor meet in every order: each call ends once, and what it held is given back. */
    @Test
    void aCancelThatRacesWithEverythingEndsEachCallOnce() throws Exception {
        LongAdder ended = new LongAdder();
        Circuit counted = Circuit.of(
                "raced", CircuitPolicy.builder().minimumCalls(1_000_000).build());
        Retry retry = Retry.builder("raced")
                .policy(RetryPolicy.builder()
                        .backoff(BackoffPolicy.fixed(Duration.ofNanos(1)))
                        .jitter(Jitter.NONE)
                        .maxAttempts(4)
                        .build())
                .circuit(counted)
                .budget(RetryBudget.of("raced", BudgetPolicy.unlimited()))
                .executor(threads)
                .counters(counters)
                .listener(event -> {
                    if (event instanceof RetryEvent.Ended) {
                        ended.increment();
                    }
                })
                .build();
        CyclicBarrier barrier = new CyclicBarrier(2);
        int calls = 3_000;
        for (int i = 0; i < calls; i++) {
            CompletableFuture<String> first = new CompletableFuture<>();
            AtomicInteger attempts = new AtomicInteger();
            CompletableFuture<String> future = retry.callAsync(() -> attempts.incrementAndGet() == 1
                    ? first
                    : CompletableFuture.failedFuture(new ConnectException("2")));
            var failing = threads.submit(() -> {
                barrier.await();
                return first.completeExceptionally(new ConnectException("1"));
            });
            barrier.await();
            for (int spin = i % 300; spin > 0; spin--) {
                Thread.onSpinWait();
            }
            future.cancel(true);
            failing.get(10, TimeUnit.SECONDS);
            assertThat(future).isDone();
        }
        CompletableFuture<Object> last = retry.callAsync(CompletableFuture::new);
        last.cancel(true);
        assertThatThrownBy(() -> last.get(1, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
        threads.shutdown();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        awaitCalls(calls + 1);
        assertThat(ended.sum()).isEqualTo(calls + 1);
        assertThat(counters.stops(StopReason.CANCELLED)).isPositive();
    }

    /** A timer task may still be on its way to an executor that takes no more. */
    private void awaitCalls(long calls) {
        TimeSource time = TimeSource.system();
        long start = time.nanoTime();
        while (counters.calls(CallOutcome.FAILED) < calls
                && time.nanoTime() - start < Duration.ofSeconds(10).toNanos()) {
            Thread.onSpinWait();
        }
        assertThat(counters.calls(CallOutcome.FAILED)).isEqualTo(calls);
    }

    @Test
    void aCallThatHangsEndsWithItsTimeBudget() {
        CompletableFuture<Object> future = Retry.builder("hanging")
                .policy(RetryPolicy.builder().timeBudget(Duration.ofMillis(20)).build())
                .circuit(circuit)
                .executor(threads)
                .build()
                .callAsync(CompletableFuture::new);
        assertThatThrownBy(() -> future.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(TimeBudgetSpentException.class);
    }
}
