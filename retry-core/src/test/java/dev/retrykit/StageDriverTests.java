package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.failure.TimeBudgetSpentException;
import dev.retrykit.internal.drive.SneakyThrow;
import dev.retrykit.time.ManualTime;
import dev.retrykit.time.TimeSource;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StageDriverTests {

    private final ManualTime time = new ManualTime();
    private final List<RetryEvent> events = new ArrayList<>();
    private final RetryBudget budget = RetryBudget.of("stages", BudgetPolicy.of(0, Duration.ofSeconds(10), 5), time);
    private final ConnectException failure = new ConnectException("again");
    private final AtomicInteger attempts = new AtomicInteger();

    /** Tasks that were handed over and wait for a thread. */
    private final ArrayDeque<Runnable> queue = new ArrayDeque<>();

    @AfterEach
    void noTimerIsLeft() {
        assertThat(time.pending()).isZero();
        assertThat(RetryContext.current()).isEmpty();
    }

    private Retry.Builder builder(RetryPolicy.Builder policy) {
        return Retry.builder("stages")
                .policy(policy.build())
                .budget(budget)
                .timeSource(time)
                .executor(Runnable::run)
                .listener(events::add);
    }

    private Retry retry() {
        return builder(Scenario.plainPolicy()).build();
    }

    private void advance(long millis) {
        time.advance(Duration.ofMillis(millis));
    }

    private StopReason lastReason() {
        return ((RetryEvent.Ended) events.get(events.size() - 1)).reason();
    }

    private static Throwable failureOf(CompletableFuture<?> future) {
        assertThat(future).isCompletedExceptionally();
        List<Throwable> seen = new ArrayList<>();
        future.whenComplete((result, thrown) -> seen.add(thrown));
        return seen.get(0);
    }

    @Test
    void theFirstAttemptRunsOnTheCallersThreadAndTheOthersOnTheExecutor() {
        Retry retry = builder(Scenario.plainPolicy()).executor(queue::add).build();
        CompletableFuture<Integer> future = retry.callAsync(() -> {
            if (attempts.incrementAndGet() < 3) {
                throw failure;
            }
            return CompletableFuture.completedFuture(attempts.get());
        });
        assertThat(attempts).hasValue(1);
        advance(100);
        assertThat(attempts).as("not on the timer").hasValue(1);
        queue.remove().run();
        assertThat(attempts).hasValue(2);
        advance(100);
        queue.remove().run();
        assertThat(future).isCompletedWithValue(3);
    }

    /** It would be made with a stack trace, for nobody: the dearest part of a failed attempt. */
    @Test
    void whatDependsOnAFailedStageIsGivenNoExceptionMadeForIt() {
        List<CompletableFuture<?>> dependents = new ArrayList<>();
        CompletableFuture<String> stage = new CompletableFuture<>() {
            @Override
            public <U> CompletableFuture<U> newIncompleteFuture() {
                CompletableFuture<U> dependent = new CompletableFuture<>();
                dependents.add(dependent);
                return dependent;
            }
        };
        CompletableFuture<String> call =
                builder(Scenario.plainPolicy().maxAttempts(1)).build().callAsync(() -> stage);
        stage.completeExceptionally(failure);
        assertThat(failureOf(call)).isSameAs(failure);
        assertThat(dependents).isNotEmpty().noneMatch(CompletableFuture::isCompletedExceptionally);
    }

    @Test
    void cancellingARunningAttemptCancelsItsStageAndEndsTheRetries() {
        Circuit circuit = Circuit.of("stages", CircuitPolicy.builder().probes(1).build(), time);
        circuit.halfOpen();
        CompletableFuture<Object> stage = new CompletableFuture<>();
        CompletableFuture<Object> future =
                builder(Scenario.plainPolicy()).circuit(circuit).build().callAsync(() -> stage);
        assertThat(future.cancel(true)).isTrue();
        assertThat(future.cancel(true)).isTrue();
        assertThat(stage).isCancelled();
        assertThat(future).isCancelled();
        assertThat(lastReason()).isEqualTo(StopReason.CANCELLED);
        assertThat(events).hasSize(1);
        assertThat(circuit.state()).isEqualTo(CircuitState.HALF_OPEN);
        assertThat(circuit.untilAdmittedNanos(time.nanoTime()))
                .as("the permit is back")
                .isZero();
    }

    @Test
    void cancellingAPauseEndsItAndGivesTheTokenBack() {
        CompletableFuture<Object> future = retry().callAsync(() -> {
            attempts.incrementAndGet();
            throw failure;
        });
        assertThat(budget.snapshot().available()).isEqualTo(4);
        future.cancel(false);
        assertThat(time.pending()).isZero();
        assertThat(budget.snapshot().available()).isEqualTo(5);
        assertThat(lastReason()).isEqualTo(StopReason.CANCELLED);
        advance(1_000);
        assertThat(attempts).hasValue(1);
    }

    @Test
    void noAttemptBeginsAfterACancelThatCameWhileItWaitedForAThread() {
        CompletableFuture<Object> future = builder(Scenario.plainPolicy())
                .executor(queue::add)
                .build()
                .callAsync(() -> {
                    attempts.incrementAndGet();
                    throw failure;
                });
        advance(100);
        future.cancel(true);
        queue.remove().run();
        assertThat(attempts).hasValue(1);
        assertThat(lastReason()).isEqualTo(StopReason.CANCELLED);
        assertThat(budget.snapshot().available()).isEqualTo(5);
    }

    @Test
    void cancellingFromInsideOfTheBodyCancelsWhatItReturns() {
        List<CompletableFuture<Object>> futures = new ArrayList<>();
        CompletableFuture<Object> stage = new CompletableFuture<>();
        futures.add(retry().callAsync(() -> {
            if (attempts.incrementAndGet() == 1) {
                throw failure;
            }
            futures.get(0).cancel(true);
            return stage;
        }));
        advance(100);
        assertThat(stage).isCancelled();
        assertThat(attempts).hasValue(2);
        assertThat(lastReason()).isEqualTo(StopReason.CANCELLED);
    }

    @Test
    void completingTheFutureFromOutsideEndsTheRetriesToo() {
        CompletableFuture<Object> byValue = retry().callAsync(() -> {
            throw failure;
        });
        assertThat(byValue.complete("by hand")).isTrue();
        assertThat(byValue).isCompletedWithValue("by hand");
        CompletableFuture<Object> stage = new CompletableFuture<>();
        CompletableFuture<Object> byFailure = retry().callAsync(() -> stage);
        assertThat(byFailure.completeExceptionally(new TimeoutException("as orTimeout does")))
                .isTrue();
        assertThat(stage).isCancelled();
        assertThat(events).filteredOn(RetryEvent.Ended.class::isInstance).hasSize(2);
    }

    @Test
    void cancellingADependentStageCancelsNothing() {
        CompletableFuture<Object> stage = new CompletableFuture<>();
        CompletableFuture<Object> future = retry().callAsync(() -> stage);
        assertThat(future.thenApply(result -> result).cancel(true)).isTrue();
        stage.complete("result");
        assertThat(future).isCompletedWithValue("result");
    }

    @Test
    void anExecutorThatRejectsEndsTheCallWithItsLastFailure() {
        Stream.of(new RejectedExecutionException("shut down"), new OutOfMemoryError("no thread"))
                .forEach(rejection -> {
                    events.clear();
                    Executor rejecting = task -> SneakyThrow.<RuntimeException>rethrow(rejection);
                    CompletableFuture<Object> future = builder(Scenario.plainPolicy())
                            .executor(rejecting)
                            .build()
                            .callAsync(() -> {
                                throw failure;
                            });
                    advance(100);
                    assertThat(failureOf(future)).isSameAs(failure);
                    assertThat(lastReason()).isEqualTo(StopReason.CANCELLED);
                    assertThat(budget.snapshot().available()).isEqualTo(5);
                });
    }

    @Test
    void aTimerThatIsShutDownEndsTheCallWithItsLastFailure() {
        TimeSource shutDown = new ShutDownTimer();
        CompletableFuture<Object> future = Retry.builder("stages")
                .timeSource(shutDown)
                .listener(events::add)
                .build()
                .callAsync(() -> {
                    throw failure;
                });
        assertThat(failureOf(future)).isSameAs(failure);
        assertThat(lastReason()).isEqualTo(StopReason.CANCELLED);
        CompletableFuture<Object> running =
                Retry.builder("stages").timeSource(shutDown).build().callAsync(CompletableFuture::new);
        assertThat(failureOf(running)).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void aBodyThatReturnsNullFailsForGood() {
        CompletableFuture<Object> first = retry().callAsync(() -> null);
        assertThat(failureOf(first))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("an asynchronous method must return a stage, but returned null");
        CompletableFuture<Object> second = retry().callAsync(() -> {
            if (attempts.incrementAndGet() == 1) {
                throw failure;
            }
            return null;
        });
        advance(100);
        assertThat(failureOf(second)).isInstanceOf(NullPointerException.class);
        assertThat(lastReason()).isEqualTo(StopReason.NOT_RETRYABLE);
    }

    @Test
    void anAttemptThatTakesTooLongIsCancelledAndRetriedAndItsLateResultIgnored() {
        List<CompletableFuture<Object>> stages =
                List.of(new CompletableFuture<>(), new Uncancellable(), new CompletableFuture<>());
        CompletableFuture<Object> future = builder(Scenario.plainPolicy().attemptTimeout(Duration.ofSeconds(1)))
                .build()
                .callAsync(() -> stages.get(attempts.getAndIncrement()));
        advance(999);
        assertThat(stages.get(0)).isNotDone();
        advance(1);
        assertThat(stages.get(0)).isCancelled();
        advance(1_100);
        stages.get(1).complete("late");
        assertThat(future).isNotDone();
        advance(100);
        assertThat(attempts).hasValue(3);
        stages.get(2).complete("third");
        assertThat(future).isCompletedWithValue("third");
    }

    @Test
    void anAttemptThatTakesTooLongIsAnAttemptTimeout() {
        CompletableFuture<Object> future = builder(Scenario.plainPolicy()
                        .attemptTimeout(Duration.ofSeconds(1))
                        .maxAttempts(1))
                .build()
                .callAsync(CompletableFuture::new);
        advance(1_000);
        assertThat(failureOf(future)).isInstanceOf(AttemptTimeoutException.class);
        assertThat(lastReason()).isEqualTo(StopReason.EXHAUSTED);
    }

    @Test
    void theTimeBudgetCompletesAStageThatHangs() {
        Circuit circuit = Circuit.of("stages", CircuitPolicy.defaults(), time);
        CompletableFuture<Object> stage = new CompletableFuture<>();
        CompletableFuture<Object> future =
                builder(Scenario.plainPolicy()).circuit(circuit).build().callAsync(() -> stage);
        advance(29_999);
        assertThat(future).isNotDone();
        advance(1);
        assertThat(failureOf(future))
                .isInstanceOf(TimeBudgetSpentException.class)
                .hasMessage("the time budget of policy 'stages' was spent before an attempt ended");
        assertThat(((TimeBudgetSpentException) failureOf(future)).policy()).isEqualTo("stages");
        assertThat(stage).isCancelled();
        assertThat(circuit.snapshot().failures()).isEqualTo(1);
    }

    @Test
    void aRetryThatHangsEndsWithTheFailureBeforeIt() {
        CompletableFuture<Object> future = retry().callAsync(() -> {
            if (attempts.incrementAndGet() == 1) {
                throw failure;
            }
            return new CompletableFuture<>();
        });
        advance(30_000);
        assertThat(failureOf(future)).isSameAs(failure);
        assertThat(lastReason()).isEqualTo(StopReason.TIME_BUDGET);
    }

    @Test
    void aFirstAttemptThatBlocksBeforeItReturnsItsStageHasOnlyWhatIsLeft() {
        CompletableFuture<Object> future = retry().callAsync(() -> {
            advance(20_000);
            return new CompletableFuture<>();
        });
        advance(9_999);
        assertThat(future).isNotDone();
        advance(1);
        assertThat(future).isCompletedExceptionally();
    }

    @Test
    void aRetryThatBlocksDoesNotHoldUpTheStage() {
        List<CompletableFuture<Object>> futures = new ArrayList<>();
        List<Boolean> doneInTime = new ArrayList<>();
        CompletableFuture<Object> late = new CompletableFuture<>();
        futures.add(retry().callAsync(() -> {
            if (attempts.incrementAndGet() == 1) {
                throw failure;
            }
            advance(29_900);
            doneInTime.add(futures.get(0).isDone());
            return late;
        }));
        advance(100);
        assertThat(doneInTime).containsExactly(true);
        assertThat(late).as("nobody wants it any more").isCancelled();
        assertThat(failureOf(futures.get(0))).isSameAs(failure);
    }

    @Test
    void whatFollowsATimeoutDoesNotRunOnTheTimer() {
        CompletableFuture<Object> stage = new CompletableFuture<>();
        CompletableFuture<Object> future = builder(Scenario.plainPolicy()
                        .attemptTimeout(Duration.ofSeconds(1))
                        .maxAttempts(1))
                .executor(queue::add)
                .build()
                .callAsync(() -> stage);
        advance(1_000);
        assertThat(stage).isNotDone();
        assertThat(future).isNotDone();
        queue.remove().run();
        assertThat(stage).isCancelled();
        assertThat(future).isCompletedExceptionally();
    }

    @Test
    void aTimeoutIsTheCallsEndAlsoWhereTheExecutorTakesNoMore() {
        Executor rejecting = task -> {
            throw new RejectedExecutionException("shut down");
        };
        CompletableFuture<Object> future = builder(Scenario.plainPolicy()
                        .attemptTimeout(Duration.ofSeconds(1))
                        .maxAttempts(1))
                .executor(rejecting)
                .build()
                .callAsync(CompletableFuture::new);
        advance(1_000);
        assertThat(failureOf(future)).isInstanceOf(AttemptTimeoutException.class);
    }

    /** Such a stage can't be cancelled, but its result counts and its time ends. */
    @Test
    void takesStagesThatAreNoFutures() {
        CompletableFuture<String> source = new CompletableFuture<>();
        for (CompletionStage<String> stage : List.of(source.minimalCompletionStage(), onlyStage(source))) {
            CompletableFuture<String> hanging = retry().callAsync(() -> stage);
            advance(30_000);
            assertThat(failureOf(hanging)).isInstanceOf(TimeBudgetSpentException.class);
        }
        assertThat(source).isNotDone();
        CompletableFuture<String> future = retry().callAsync(() -> onlyStage(source));
        source.complete("result");
        assertThat(future).isCompletedWithValue("result");
        assertThat(retry().callAsync(() -> onlyStage(source))).isCompletedWithValue("result");
    }

    @Test
    void anAttemptThatIsCutByTheTimeOfTheCallAroundItSaysNothingAboutTheDependency() {
        for (RetryPolicy.Builder inner :
                List.of(Scenario.plainPolicy(), Scenario.plainPolicy().attemptTimeout(Duration.ofSeconds(20)))) {
            Circuit circuit = Circuit.of("inner", CircuitPolicy.defaults(), time);
            Retry innerRetry = builder(inner).circuit(circuit).build();
            Retry outer = builder(Scenario.plainPolicy().timeBudget(Duration.ofSeconds(1)))
                    .build();
            CompletableFuture<Object> future = outer.callAsync(() -> innerRetry.callAsync(CompletableFuture::new));
            advance(1_000);
            assertThat(future).isCompletedExceptionally();
            assertThat(circuit.snapshot().calls()).isZero();
        }
    }

    @Test
    void aCancelledAttemptFailsLikeAnyOther() {
        CompletableFuture<Object> stage = new CompletableFuture<>();
        CompletableFuture<Object> future = retry().callAsync(() -> stage);
        stage.cancel(true);
        assertThat(failureOf(future)).isInstanceOf(CancellationException.class);
        assertThat(lastReason()).isEqualTo(StopReason.NOT_RETRYABLE);
        assertThatThrownBy(future::get).isInstanceOf(CancellationException.class);
    }

    @Test
    void waitingForTheFailureWrapsItOnceAsFuturesDo() {
        CompletableFuture<Object> future = builder(Scenario.plainPolicy().maxAttempts(1))
                .build()
                .callAsync(() -> {
                    throw failure;
                });
        assertThatThrownBy(future::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isSameAs(failure);
    }

    @Test
    void manyZeroDelaysDoNotDeepenTheStack() {
        CompletableFuture<Object> future = Retry.builder("stages")
                .policy(RetryPolicy.builder()
                        .maxAttempts(100_000)
                        .backoff(BackoffPolicy.fixed(Duration.ZERO))
                        .build())
                .budget(RetryBudget.of("stages", BudgetPolicy.unlimited(), time))
                .timeSource(time)
                .executor(Runnable::run)
                .build()
                .callAsync(() -> {
                    attempts.incrementAndGet();
                    throw failure;
                });
        advance(0);
        assertThat(failureOf(future)).isSameAs(failure);
        assertThat(attempts).hasValue(100_000);
    }

    /** A stage that isn't a future and refuses to become one, as the interface allows. */
    @SuppressWarnings("unchecked")
    private static <T> CompletionStage<T> onlyStage(CompletableFuture<T> source) {
        return (CompletionStage<T>) Proxy.newProxyInstance(
                StageDriverTests.class.getClassLoader(),
                new Class<?>[] {CompletionStage.class},
                (proxy, method, args) -> {
                    if (method.getName().equals("toCompletableFuture")) {
                        throw new UnsupportedOperationException();
                    }
                    return method.invoke(source, args);
                });
    }

    /** Ignores being cancelled, as much in real life does. */
    private static final class Uncancellable extends CompletableFuture<Object> {
        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            return false;
        }
    }

    private static final class ShutDownTimer implements TimeSource {

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public void sleep(long nanos) {}

        @Override
        public Scheduled schedule(Runnable task, long delayNanos) {
            throw new RejectedExecutionException("shut down");
        }
    }
}
