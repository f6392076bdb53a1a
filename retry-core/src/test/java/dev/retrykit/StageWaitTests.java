package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.failure.Verdict;
import dev.retrykit.internal.drive.AsyncPhase;
import dev.retrykit.time.ManualTime;
import dev.retrykit.time.TimeSource;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an asynchronous call waits for, on timers of all kinds. */
@Timeout(60)
class StageWaitTests {

    private static final Duration HOUR = Duration.ofHours(1);

    private final ManualTime time = new ManualTime();
    private final AtomicInteger attempts = new AtomicInteger();

    private static RetryPolicy.Builder policy(Duration delay) {
        return RetryPolicy.builder()
                .backoff(BackoffPolicy.fixed(delay))
                .jitter(Jitter.NONE)
                .timeBudget(Duration.ofHours(5));
    }

    private static Retry.Builder retry(TimeSource clock, RetryPolicy.Builder policy) {
        return Retry.builder("waits")
                .policy(policy.build())
                .budget(RetryBudget.of("waits", BudgetPolicy.unlimited(), clock))
                .timeSource(clock)
                .executor(Runnable::run);
    }

    private CompletableFuture<String> failsOnce() {
        return attempts.incrementAndGet() == 1
                ? CompletableFuture.failedFuture(new ConnectException("first"))
                : CompletableFuture.completedFuture("second");
    }

    @Test
    void asksATimerAgainThatIsEarly() {
        TimeSource early = new OtherTimer(time, delay -> (delay + 1) / 2);
        CompletableFuture<String> call =
                retry(early, policy(Duration.ofNanos(16))).build().callAsync(this::failsOnce);

        time.advance(Duration.ofNanos(15));
        assertThat(attempts).hasValue(1);
        time.advance(Duration.ofNanos(1));
        assertThat(call).isCompletedWithValue("second");
        assertThat(time.pending()).isZero();
    }

    @Test
    void asksATimerAgainThatHasRefusedOnce() {
        AtomicInteger refusals = new AtomicInteger(1);
        TimeSource refusing = new OtherTimer(time, delay -> {
            if (refusals.getAndDecrement() > 0) {
                throw new IllegalStateException("refused");
            }
            return delay;
        });
        CompletableFuture<String> call = retry(
                        refusing, policy(Duration.ofNanos(16)).retryOn(IllegalStateException.class))
                .build()
                .callAsync(() -> attempts.incrementAndGet() == 1
                        ? new CompletableFuture<>()
                        : CompletableFuture.completedFuture("second"));

        time.advance(Duration.ofNanos(16));
        assertThat(call).isCompletedWithValue("second");
        assertThat(time.pending()).isZero();
    }

    /** What judges the failure takes a while, and reads a date by the clock of then. */
    @Test
    void whatAPeerAsksForCountsFromWhenItWasRead() {
        Verdict later = Verdict.retryable().withRetryAfter(Duration.ofSeconds(1));
        CompletableFuture<String> call = retry(
                        time, policy(Duration.ofMillis(1)).classifier(failure -> {
                            time.advance(Duration.ofMillis(400));
                            return later;
                        }))
                .build()
                .callAsync(() -> attempts.incrementAndGet() == 1
                        ? CompletableFuture.failedFuture(new ConnectException("down"))
                        : CompletableFuture.completedFuture("second"));

        time.advance(Duration.ofMillis(999));
        assertThat(attempts).hasValue(1);
        time.advance(Duration.ofMillis(110));
        assertThat(call).isCompletedWithValue("second");
    }

    /** For plain assignments after a stack overflow. */
    @Test
    void theNumberOfThePhaseInWhichAnAttemptRunsIsThatOfItsPlace() {
        assertThat(AsyncPhase.of(AsyncPhase.RUNNING_BITS)).isEqualTo(AsyncPhase.RUNNING);
    }

    @Test
    void knowsTimesOnBothSidesOfTheClocksOverflow() {
        ManualTime late = new ManualTime(Long.MAX_VALUE - 2, Instant.EPOCH);
        CompletableFuture<String> call =
                retry(late, policy(Duration.ofNanos(4))).build().callAsync(this::failsOnce);
        CompletableFuture<String> hanging = retry(late, policy(HOUR).timeBudget(Duration.ofNanos(6)))
                .build()
                .callAsync(CompletableFuture::new);

        late.advance(Duration.ofNanos(3));
        assertThat(attempts).hasValue(1);
        late.advance(Duration.ofNanos(1));
        assertThat(call).isCompletedWithValue("second");
        late.advance(Duration.ofNanos(2));
        assertThat(hanging).isCompletedExceptionally();
        assertThat(late.pending()).isZero();
    }

    @Test
    void aTimerThatRefusesOneWaitServesOtherCalls() {
        List<Long> refused = new ArrayList<>();
        TimeSource refusing = new OtherTimer(time, delay -> {
            if (refused.isEmpty()) {
                refused.add(delay);
                throw new RejectedExecutionException("no timer");
            }
            return delay;
        });
        Retry retry = retry(refusing, policy(HOUR)).build();

        assertThat(retry.callAsync(CompletableFuture::new)).isCompletedExceptionally();
        CompletableFuture<String> next = retry.callAsync(this::failsOnce);
        time.advance(HOUR);

        assertThat(next).isCompletedWithValue("second");
        assertThat(retry.engine().shutdownOfCalls().waiting()).isEmpty();
        assertThat(time.pending()).isZero();
    }

    @Test
    void anExecutorCanSayOfWhichCallItsTaskIs() {
        List<Runnable> tasks = new ArrayList<>();
        retry(time, policy(HOUR)).executor(tasks::add).build().callAsync(this::failsOnce);
        time.advance(HOUR);
        assertThat(tasks).singleElement().hasToString("call of Retry[waits], RETRY");
    }

    @Test
    void holdsOneTaskOnAnotherTimer() {
        Retry retry = retry(time, policy(HOUR).attemptTimeout(Duration.ofMinutes(1)))
                .executor(task -> {})
                .build();
        retry.callAsync(CompletableFuture::new);
        assertThat(time.pending()).isEqualTo(1);
        time.advance(Duration.ofMinutes(1));
        assertThat(time.pending()).isEqualTo(1);
    }

    /** More than the timer shows in a slice, and most of them in one slot. */
    @Test
    void aShutdownFindsAllCallsOfTheRetryInTheSystemsTimerAndNoOther() {
        Retry retry = retry(TimeSource.system(), policy(HOUR)).build();
        Retry other = retry(TimeSource.system(), policy(HOUR)).build();
        List<CompletableFuture<String>> calls = new ArrayList<>();
        List<CompletableFuture<String>> others = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            calls.add(retry.callAsync(() -> CompletableFuture.failedFuture(new ConnectException("down"))));
            others.add(other.callAsync(() -> CompletableFuture.failedFuture(new ConnectException("down"))));
        }

        retry.shutdown();

        assertThat(calls).allMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(others).noneMatch(CompletableFuture::isDone);
        other.shutdown();
        assertThat(others).allMatch(CompletableFuture::isCompletedExceptionally);
    }

    @Test
    void aShutdownFindsCallsWithoutADeadlineAndThoseThatWaitForAThread() {
        Retry retry = retry(
                        TimeSource.system(), policy(Duration.ofMillis(1)).timeBudget(ChronoUnit.FOREVER.getDuration()))
                .executor(task -> {})
                .build();
        CompletableFuture<String> attempt = new CompletableFuture<>();
        CompletableFuture<String> running = retry.callAsync(() -> attempt);
        CompletableFuture<String> waiting =
                retry.callAsync(() -> CompletableFuture.failedFuture(new ConnectException("down")));

        retry.shutdown();
        // the timer may just be giving it to the executor, and ends it then
        assertThat(waiting).failsWithin(Duration.ofSeconds(30));
        assertThat(running).isNotDone();
        retry.shutdownNow();
        assertThat(running).isCompletedExceptionally();
        assertThat(attempt).isCancelled();
    }

    @Test
    void aShutdownThatIsInterruptedFindsAllTheSame() {
        Retry retry = retry(TimeSource.system(), policy(HOUR)).build();
        CompletableFuture<String> call =
                retry.callAsync(() -> CompletableFuture.failedFuture(new ConnectException("down")));
        Thread.currentThread().interrupt();
        retry.shutdown();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(call).isCompletedExceptionally();
    }

    /** Its timer counts the time in another way. */
    private record OtherTimer(ManualTime time, LongUnaryOperator delays) implements TimeSource {

        @Override
        public long nanoTime() {
            return time.nanoTime();
        }

        @Override
        public Instant now() {
            return time.now();
        }

        @Override
        public void sleep(long nanos) throws InterruptedException {
            time.sleep(nanos);
        }

        @Override
        public Scheduled schedule(Runnable task, long delayNanos) {
            return time.schedule(task, delays.applyAsLong(delayNanos));
        }
    }
}
