package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.TimeBudgetSpentException;
import dev.retrykit.failure.Verdict;
import dev.retrykit.time.ManualTime;
import dev.retrykit.time.TimeSource;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whatever users' objects do, a caller gets an answer, and what its call held is given back. */
class HostileObjectsTests {

    private final ManualTime time = new ManualTime();
    private final RetryBudget budget = RetryBudget.of("hostile", BudgetPolicy.of(0, Duration.ofSeconds(10), 5), time);
    private final ConnectException failure = new ConnectException("again");
    private final AtomicInteger attempts = new AtomicInteger();
    private final ArrayDeque<Runnable> queue = new ArrayDeque<>();

    @AfterEach
    void nothingIsLeft() {
        assertThat(Thread.interrupted()).isFalse();
        assertThat(time.pending()).isZero();
        assertThat(RetryContext.current()).isEmpty();
    }

    private Retry.Builder builder(RetryPolicy.Builder policy) {
        return Retry.builder("hostile")
                .policy(policy.build())
                .budget(budget)
                .timeSource(time)
                .executor(queue::add);
    }

    private Retry.Builder builder() {
        return builder(Scenario.plainPolicy());
    }

    private Circuit probing(CircuitPolicy.Builder policy) {
        Circuit circuit = Circuit.of("hostile", policy.probes(1).build(), time);
        circuit.halfOpen();
        return circuit;
    }

    private void advance(long millis) {
        time.advance(Duration.ofMillis(millis));
    }

    private static Throwable failureOf(CompletableFuture<?> future) {
        assertThat(future).isCompletedExceptionally();
        List<Throwable> seen = new ArrayList<>();
        future.whenComplete((result, thrown) -> seen.add(thrown));
        return seen.get(0);
    }

    private static StopReason reason(Throwable failure) {
        return ((RetryStopped) failure.getSuppressed()[0]).reason();
    }

    @Test
    void aStageCompletesWithAFailureThatCannotTellItsCause() {
        IOException untold = new Untold();
        CompletableFuture<Object> stage = new CompletableFuture<>();
        CompletableFuture<Object> future = builder().build().callAsync(() -> stage);
        stage.completeExceptionally(untold);
        assertThat(failureOf(future)).isSameAs(untold);
    }

    @Test
    void aFailureThatCannotTellItsCauseGivesThePermitBack() {
        Circuit circuit = probing(CircuitPolicy.builder().ignore(FileNotFoundException.class));
        IOException untold = new Untold();
        Retry retry = builder().circuit(circuit).build();
        assertThatThrownBy(() -> retry.run(() -> {
                    throw untold;
                }))
                .isSameAs(untold);
        assertThat(circuit.state()).isEqualTo(CircuitState.OPEN);
    }

    @Test
    void aStageCompletesInTimeWhoseAttemptThrowsWhenItIsCancelled() {
        CompletableFuture<Object> future =
                builder().executor(Runnable::run).build().callAsync(Defiant::new);
        advance(30_000);
        assertThat(failureOf(future)).isInstanceOf(TimeBudgetSpentException.class);
    }

    @Test
    void cancellingAnAttemptThatThrowsThenGivesThePermitBack() {
        Circuit circuit = probing(CircuitPolicy.builder());
        CompletableFuture<Object> future = builder().circuit(circuit).build().callAsync(Defiant::new);
        assertThat(future.cancel(true)).isTrue();
        assertThat(circuit.untilAdmittedNanos(time.nanoTime())).isZero();
    }

    @Test
    void aStageCompletesWhateverTheTimerThrows() {
        OutOfMemoryError noThread = new OutOfMemoryError("unable to create native thread");
        CompletableFuture<Object> stage = new CompletableFuture<>();
        CompletableFuture<Object> future = Retry.builder("hostile")
                .policy(RetryPolicy.builder().timeBudget(Duration.ofHours(1)).build())
                .timeSource(new Clock() {
                    @Override
                    public Scheduled schedule(Runnable task, long delayNanos) {
                        if (attempts.get() == 0) {
                            return () -> {};
                        }
                        throw noThread;
                    }
                })
                .build()
                .callAsync(() -> stage);
        attempts.incrementAndGet();
        stage.completeExceptionally(failure);
        assertThat(failureOf(future)).isSameAs(failure);
        assertThat(reason(failure)).isEqualTo(StopReason.CANCELLED);
    }

    @Test
    void aStageCompletesWhateverTheClockThrows() {
        List<CompletableFuture<Object>> stages = List.of(new CompletableFuture<>(), new CompletableFuture<>());
        List<CompletableFuture<Object>> futures = new ArrayList<>();
        Retry retry = Retry.builder("hostile")
                .timeSource(new Clock() {
                    @Override
                    public long nanoTime() {
                        if (attempts.get() == 2) {
                            throw new IllegalStateException("stopped");
                        }
                        return 0;
                    }
                })
                .build();
        for (CompletableFuture<Object> stage : stages) {
            futures.add(retry.callAsync(() -> stage));
            attempts.incrementAndGet();
        }
        stages.get(0).complete("result");
        stages.get(1).completeExceptionally(failure);
        assertThat(futures.get(0)).isCompletedWithValue("result");
        assertThat(failureOf(futures.get(1))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aTimerThatRefusesTheLimitOfARunningAttemptCancelsIt() {
        CompletableFuture<Object> stage = new CompletableFuture<>();
        CompletableFuture<Object> future = Retry.builder("hostile")
                .timeSource(new Clock() {
                    @Override
                    public Scheduled schedule(Runnable task, long delayNanos) {
                        throw new RejectedExecutionException("shut down");
                    }
                })
                .build()
                .callAsync(() -> stage);
        assertThat(failureOf(future)).isInstanceOf(RejectedExecutionException.class);
        assertThat(stage).isCancelled();
    }

    @Test
    void anExecutorThatDropsTheRetryEndsTheCallWithItsTime() {
        CompletableFuture<Object> future =
                builder().executor(task -> {}).build().callAsync(this::fail);
        advance(29_999);
        assertThat(future).isNotDone();
        advance(1);
        assertThat(failureOf(future)).isSameAs(failure);
        assertThat(reason(failure)).isEqualTo(StopReason.TIME_BUDGET);
        assertThat(budget.snapshot().available()).as("the retry was never made").isEqualTo(5);
    }

    @Test
    void anExecutorWithoutAThreadForATimeoutDelaysTheEndBySecondsOnly() {
        CompletableFuture<Object> future = builder().build().callAsync(CompletableFuture::new);
        advance(30_999);
        assertThat(future).isNotDone();
        advance(1);
        assertThat(failureOf(future)).isInstanceOf(TimeBudgetSpentException.class);
        queue.remove().run();
        assertThat(failureOf(future).getSuppressed()).hasSize(1);
    }

    @Test
    void cancellingARetryThatWaitsForAThreadEndsItAtOnce() {
        CompletableFuture<Object> future =
                builder().executor(task -> {}).build().callAsync(this::fail);
        advance(100);
        future.cancel(true);
        assertThat(budget.snapshot().available()).isEqualTo(5);
        assertThat(time.pending()).isZero();
    }

    @Test
    void cancellingATimeoutThatWaitsForAThreadCancelsTheAttempt() {
        CompletableFuture<Object> stage = new CompletableFuture<>();
        CompletableFuture<Object> future =
                builder().executor(task -> {}).build().callAsync(() -> stage);
        advance(30_000);
        future.cancel(true);
        assertThat(stage).isCancelled();
    }

    @Test
    void anExecutorThatRunsARetryTwiceOrThrowsAfterwardsMakesItOnce() {
        AtomicInteger ended = new AtomicInteger();
        CompletableFuture<Object> future = builder()
                .executor(task -> {
                    task.run();
                    task.run();
                    throw new RejectedExecutionException("too late");
                })
                .listener(event -> ended.addAndGet(event instanceof RetryEvent.Ended ? 1 : 0))
                .build()
                .callAsync(this::fail);
        advance(100);
        assertThat(attempts).hasValue(2);
        advance(100);
        assertThat(attempts).hasValue(3);
        assertThat(ended).hasValue(1);
        assertThat(failureOf(future)).isSameAs(failure);
    }

    @Test
    void aBodyThatThrowsAfterItWasCancelledLeavesNoTimer() {
        List<CompletableFuture<Object>> futures = new ArrayList<>();
        futures.add(builder().build().callAsync(() -> {
            if (attempts.incrementAndGet() > 1) {
                futures.get(0).cancel(true);
            }
            throw failure;
        }));
        advance(100);
        queue.remove().run();
        assertThat(attempts).hasValue(2);
        assertThat(time.pending()).isZero();
    }

    @Test
    void anInterruptThatAStageMethodTurnedIntoAnExceptionIsKept() {
        CompletableFuture<Object> future = builder().build().callAsync(() -> {
            throw new InterruptedException();
        });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(reason(failureOf(future))).isEqualTo(StopReason.INTERRUPTED);
    }

    @Test
    void aChanceThatThrowsOpensTheCircuitWithoutASpreadAndLosesNoResult() {
        RandomGenerator broken = () -> {
            throw new IllegalStateException("no entropy");
        };
        Circuit circuit = Circuit.builder("hostile")
                .policy(CircuitPolicy.builder()
                        .consecutiveFailures(1)
                        .openDuration(Duration.ofSeconds(1))
                        .build())
                .timeSource(time)
                .random(broken)
                .build();
        assertThatThrownBy(() -> builder().circuit(circuit).build().call(this::fail))
                .isSameAs(failure);
        assertThat(circuit.snapshot().untilProbe()).contains(Duration.ofSeconds(1));
    }

    @Test
    void aSleepThatThrowsEndsTheCallWithItsLastFailureAndGivesTheTokenBack() {
        TimeSource sleepless = new Clock() {
            @Override
            public void sleep(long nanos) {
                throw new IllegalStateException("shut down");
            }
        };
        RetryBudget own = RetryBudget.of("own", BudgetPolicy.defaults(), sleepless);
        Retry retry = Retry.builder("hostile").timeSource(sleepless).budget(own).build();
        assertThatThrownBy(() -> retry.call(this::fail)).isSameAs(failure);
        assertThat(reason(failure)).isEqualTo(StopReason.CANCELLED);
        assertThat(failure.getSuppressed()[1]).hasMessage("shut down");
        assertThat(own.snapshot().available()).isEqualTo(5);
    }

    @Test
    void aTimerThatRefusesButKeepsItsTaskInterruptsNobodyLater() {
        List<Runnable> kept = new ArrayList<>();
        Retry retry = Retry.builder("hostile")
                .policy(RetryPolicy.builder()
                        .attemptTimeout(Duration.ofSeconds(1))
                        .build())
                .timeSource(new Clock() {
                    @Override
                    public Scheduled schedule(Runnable task, long delayNanos) {
                        kept.add(task);
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                })
                .build();
        assertThatThrownBy(() -> retry.call(this::fail)).isInstanceOf(OutOfMemoryError.class);
        kept.forEach(Runnable::run);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void aClassifierWhoseVerdictLacksAPartEndsTheCallWithItsFailure() {
        Retry retry = builder(Scenario.plainPolicy()
                        .classifier(thrown -> new Verdict(Verdict.Kind.RETRYABLE, (Signal) null, Verdict.NO_HINT)))
                .build();
        assertThatThrownBy(() -> retry.call(this::fail)).isSameAs(failure);
        assertThat(attempts).hasValue(1);
    }

    @Test
    void ofMoreThan64EarlierFailuresTheFirstAndTheLatestAreKept() {
        Retry retry = Retry.builder("endless")
                .policy(RetryPolicy.builder()
                        .maxAttempts(1_000)
                        .timeBudget(Duration.ofSeconds(Long.MAX_VALUE))
                        .backoff(BackoffPolicy.fixed(Duration.ZERO))
                        .jitter(Jitter.NONE)
                        .build())
                .budget(RetryBudget.of("endless", BudgetPolicy.unlimited(), time))
                .timeSource(time)
                .build();
        assertThatThrownBy(() -> retry.call(() -> {
                    throw new ConnectException("failure " + attempts.incrementAndGet());
                }))
                .hasMessage("failure 1000")
                .satisfies(last -> {
                    RetryStopped stopped = (RetryStopped) last.getSuppressed()[0];
                    assertThat(stopped.attempts()).isEqualTo(1_000);
                    assertThat(stopped.failures())
                            .hasSize(64)
                            .extracting(Throwable::getMessage)
                            .startsWith("failure 1", "failure 2")
                            .containsSequence("failure 32", "failure 968")
                            .endsWith("failure 998", "failure 999");
                });
    }

    private CompletableFuture<Object> fail() throws ConnectException {
        attempts.incrementAndGet();
        throw failure;
    }

    private static final class Untold extends IOException {

        private static final long serialVersionUID = 1;

        @Override
        public synchronized Throwable getCause() {
            throw new IllegalStateException("no cause is told");
        }
    }

    private static final class Defiant extends CompletableFuture<Object> {
        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            throw new UnsupportedOperationException("can't be cancelled");
        }
    }

    private static class Clock implements TimeSource {

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public void sleep(long nanos) throws InterruptedException {}

        @Override
        public Scheduled schedule(Runnable task, long delayNanos) {
            return () -> {};
        }
    }
}
