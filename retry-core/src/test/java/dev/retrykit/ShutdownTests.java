package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.StopReason;
import dev.retrykit.time.ManualTime;
import dev.retrykit.time.TimeSource;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What the scenarios can't show: several calls, stages that hang, real threads that sleep. */
class ShutdownTests {

    private final ManualTime time = new ManualTime();
    private final ConnectException failure = new ConnectException("again");

    private Retry.Builder retry() {
        return Retry.builder("orders")
                .policy(Scenario.plainPolicy().build())
                .timeSource(time)
                .executor(Runnable::run);
    }

    private static Throwable failureOf(CompletableFuture<?> call) {
        return call.handle((result, thrown) -> thrown).join();
    }

    private static StopReason reasonOf(Throwable failure) {
        return ((RetryStopped) failure.getSuppressed()[0]).reason();
    }

    @Test
    void endsAllCallsThatWaitAndLeavesNothingOnTheTimer() {
        Retry retry = retry().budget(RetryBudget.of("orders", BudgetPolicy.unlimited(), time))
                .build();
        List<CompletableFuture<Object>> waiting = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            ConnectException own = new ConnectException("call " + i);
            waiting.add(retry.callAsync(() -> CompletableFuture.failedFuture(own)));
        }
        retry.shutdown();
        assertThat(waiting).allMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(reasonOf(failureOf(waiting.get(99)))).isEqualTo(StopReason.CANCELLED);
        assertThat(time.pending()).isZero();
    }

    @Test
    void letsRunningAttemptsGoOnUntilItMustBeNow() {
        Circuit circuit = Circuit.of("circuit", CircuitPolicy.builder().build(), time);
        Retry retry = retry().circuit(circuit).build();
        CompletableFuture<String> hanging = new CompletableFuture<>();
        CompletableFuture<String> finishing = new CompletableFuture<>();
        CompletableFuture<String> hangs = retry.callAsync(() -> hanging);
        CompletableFuture<String> finishes = retry.callAsync(() -> finishing);
        retry.shutdown();
        assertThat(hangs).isNotDone();
        finishing.complete("done");
        assertThat(finishes).isCompletedWithValue("done");
        retry.shutdownNow();
        assertThat(hanging).isCancelled();
        assertThat(hangs).isCompletedExceptionally();
        assertThat(reasonOf(failureOf(hangs))).isEqualTo(StopReason.CANCELLED);
        assertThat(circuit.snapshot().calls())
                .as("a cancelled call says nothing")
                .isEqualTo(1);
        assertThat(time.pending()).isZero();
    }

    @Test
    void endsACallThatWaitsForAThread() {
        List<Runnable> queue = new ArrayList<>();
        Retry retry = retry().executor(queue::add).build();
        CompletableFuture<Object> call = retry.callAsync(() -> CompletableFuture.failedFuture(failure));
        time.advance(Duration.ofMillis(100));
        assertThat(queue).hasSize(1);
        retry.shutdown();
        assertThat(call).isCompletedExceptionally();
        queue.forEach(Runnable::run);
        assertThat(failureOf(call)).isSameAs(failure);
        assertThat(time.pending()).isZero();
    }

    /** The attempt isn't in force any more, and the delay isn't yet. */
    @Test
    void endsACallThatHasJustDecidedToRetry() {
        AtomicReference<Retry> told = new AtomicReference<>();
        Retry retry = retry().listener(event -> told.get().shutdown()).build();
        told.set(retry);
        CompletableFuture<Object> stage = new CompletableFuture<>();
        CompletableFuture<Object> call = retry.callAsync(() -> stage);
        stage.completeExceptionally(failure);
        assertThat(call).isCompletedExceptionally();
        assertThat(failureOf(call)).isSameAs(failure);
        assertThat(reasonOf(failure)).isEqualTo(StopReason.CANCELLED);
        assertThat(time.pending()).isZero();
    }

    @Test
    void afterItFirstAttemptsRunAndNothingIsRetried() {
        Retry retry = retry().build();
        retry.shutdown();
        assertThat(retry.call(() -> "first")).isEqualTo("first");
        Throwable thrown = catchThrowable(() -> retry.run(() -> {
            throw failure;
        }));
        assertThat(thrown).isSameAs(failure);
        assertThat(reasonOf(thrown)).isEqualTo(StopReason.CANCELLED);
        CompletableFuture<Object> call = retry.callAsync(() -> CompletableFuture.failedFuture(failure));
        assertThat(call).isCompletedExceptionally();
    }

    @Test
    void anAsynchronousCallThatBeginsAfterAllMustHaveEndedIsCancelledUnlessItIsDoneAtOnce() {
        Retry retry = retry().build();
        retry.shutdownNow();
        CompletableFuture<String> hanging = new CompletableFuture<>();
        assertThat(retry.callAsync(() -> hanging)).isCompletedExceptionally();
        assertThat(hanging).isCancelled();
        assertThat(retry.callAsync(() -> CompletableFuture.completedFuture("done")))
                .isCompletedWithValue("done");
    }

    @Test
    void wakesAThreadThatSleepsInRealTimeWithoutInterruptingIt() throws InterruptedException {
        CountDownLatch sleeps = new CountDownLatch(1);
        Retry retry = Retry.builder("orders")
                .policy(RetryPolicy.builder()
                        .backoff(BackoffPolicy.fixed(Duration.ofHours(1)))
                        .timeBudget(Duration.ofHours(3))
                        .build())
                .timeSource(TimeSource.system())
                .listener(event -> sleeps.countDown())
                .build();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicReference<Boolean> interrupted = new AtomicReference<>();
        Thread caller = new Thread(() -> {
            thrown.set(catchThrowable(() -> retry.run(() -> {
                throw failure;
            })));
            interrupted.set(Thread.currentThread().isInterrupted());
        });
        caller.start();
        sleeps.await();
        retry.shutdown();
        caller.join();
        assertThat(thrown.get()).isSameAs(failure);
        assertThat(reasonOf(thrown.get())).isEqualTo(StopReason.CANCELLED);
        assertThat(interrupted.get()).isFalse();
    }

    @Test
    void forgetsCallsThatHaveEnded() {
        Retry retry = retry().build();
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> second = new CompletableFuture<>();
        List<CompletableFuture<String>> attempts = new ArrayList<>(List.of(first, second));
        CompletableFuture<String> call = retry.callAsync(() -> attempts.remove(0));
        CompletableFuture<Object> cancelled = retry.callAsync(CompletableFuture::new);
        assertThat(retry.engine().shutdownOfCalls().waiting()).hasSize(2);
        first.completeExceptionally(failure);
        time.advance(Duration.ofMillis(100));
        second.complete("second");
        assertThat(call).isCompletedWithValue("second");
        cancelled.cancel(true);
        assertThat(retry.engine().shutdownOfCalls().waiting()).isEmpty();
    }

    /** The listener stands in for another thread: it comes between the decision to retry and the delay. */
    @Test
    void findsADelayThatBeginsMeanwhile() {
        AtomicReference<Retry> shutDown = new AtomicReference<>();
        Retry retry = retry().listener(event -> {
                    if (event instanceof RetryEvent.Retrying) {
                        shutDown.get().shutdown();
                    }
                })
                .build();
        shutDown.set(retry);
        CompletableFuture<Object> attempt = new CompletableFuture<>();
        CompletableFuture<Object> call = retry.callAsync(() -> attempt);
        attempt.completeExceptionally(failure);
        assertThat(call).isCompletedExceptionally();
        assertThat(reasonOf(failureOf(call))).isEqualTo(StopReason.CANCELLED);
        assertThat(time.pending()).isZero();
        assertThat(retry.engine().shutdownOfCalls().waiting()).isEmpty();
    }

    /** Here the circuit's listener does, when a retry that is about to begin asks for a permit. */
    @Test
    void cancelsARetryThatBeginsMeanwhile() {
        AtomicReference<Retry> shutDown = new AtomicReference<>();
        Circuit circuit = Circuit.builder("circuit")
                .policy(CircuitPolicy.builder()
                        .consecutiveFailures(1)
                        .openDuration(Duration.ofMillis(50))
                        .openJitter(0)
                        .build())
                .timeSource(time)
                .listener(transition -> {
                    if (transition.to() == CircuitState.HALF_OPEN) {
                        shutDown.get().shutdownNow();
                    }
                })
                .build();
        Retry retry = retry().circuit(circuit).build();
        shutDown.set(retry);
        CompletableFuture<Object> first = new CompletableFuture<>();
        CompletableFuture<Object> hanging = new CompletableFuture<>();
        List<CompletableFuture<Object>> attempts = new ArrayList<>(List.of(first, hanging));
        CompletableFuture<Object> call = retry.callAsync(() -> attempts.remove(0));
        first.completeExceptionally(failure);
        time.advance(Duration.ofMillis(100));
        assertThat(hanging).isCancelled();
        assertThat(failureOf(call)).isSameAs(failure);
        assertThat(reasonOf(failure)).isEqualTo(StopReason.CANCELLED);
        assertThat(time.pending()).isZero();
        assertThat(retry.engine().shutdownOfCalls().waiting()).isEmpty();
    }
}
