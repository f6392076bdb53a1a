package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.time.ManualTime;
import dev.retrykit.time.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttemptTimeoutTests {

    private final ManualTime time = new ManualTime();

    /** Or the next test on this thread would be interrupted. */
    @AfterEach
    void noInterruptIsLeft() {
        assertThat(Thread.interrupted()).isFalse();
        assertThat(time.pending()).isZero();
    }

    private Retry retry(String name, Duration attemptTimeout, int attempts, TimeSource clock) {
        return Retry.builder(name)
                .policy(RetryPolicy.builder()
                        .maxAttempts(attempts)
                        .backoff(BackoffPolicy.fixed(Duration.ZERO))
                        .jitter(Jitter.NONE)
                        .attemptTimeout(attemptTimeout)
                        .build())
                .budget(RetryBudget.of(name, BudgetPolicy.unlimited(), clock))
                .timeSource(clock)
                .build();
    }

    private Retry retry(Duration attemptTimeout, int attempts) {
        return retry("slow", attemptTimeout, attempts, time);
    }

    private static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    /** Blocks until the timer interrupts. */
    private String hang() throws InterruptedException {
        time.sleep(Duration.ofHours(1).toNanos());
        return "awake";
    }

    /** Takes its time and doesn't look at the flag, as a blocking socket does. */
    private void work(long millis) {
        time.advance(millis(millis));
    }

    @Test
    void interruptsAnAttemptThatTakesTooLong() {
        Retry retry = retry(millis(100), 1);
        assertThatThrownBy(() -> retry.call(this::hang))
                .isInstanceOfSatisfying(
                        AttemptTimeoutException.class,
                        failure -> assertThat(failure.timeout()).isEqualTo(millis(100)))
                .hasMessage("an attempt of policy 'slow' took longer than 100 ms")
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(time.nanoTime()).isEqualTo(millis(100).toNanos());
    }

    @Test
    void retriesWhatTimedOut() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        String result = retry(millis(100), 3).call(() -> attempts.incrementAndGet() < 3 ? hang() : "third");
        assertThat(result).isEqualTo("third");
        assertThat(time.nanoTime()).isEqualTo(millis(200).toNanos());
    }

    @Test
    void leavesAnAttemptThatIsInTimeAlone() throws Exception {
        Retry retry = retry(millis(100), 3);
        String result = retry.call(() -> {
            work(99);
            return "in time";
        });
        assertThat(result).isEqualTo("in time");
        work(1_000);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void returnsASuccessThatComesLate() {
        AtomicInteger attempts = new AtomicInteger();
        String result = retry(millis(100), 3).call(() -> {
            work(500);
            return "late " + attempts.incrementAndGet();
        });
        assertThat(result).isEqualTo("late 1");
    }

    @Test
    void anExceptionInTimeIsThrownAsItIs() {
        IOException failure = new IOException("in time");
        assertThat(catchThrowable(() -> retry(millis(100), 1).call(() -> {
                    work(50);
                    throw failure;
                })))
                .isSameAs(failure);
    }

    @Test
    void anExceptionThatComesLateIsTheCause() {
        IOException failure = new IOException("late");
        assertThatThrownBy(() -> retry(millis(100), 1).call(() -> {
                    work(150);
                    throw failure;
                }))
                .isInstanceOf(AttemptTimeoutException.class)
                .hasCause(failure);
    }

    @Test
    void anErrorPassesThroughLateOrNot() {
        AtomicInteger attempts = new AtomicInteger();
        AssertionError error = new AssertionError("late");
        assertThat(catchThrowable(() -> retry(millis(100), 3).call(() -> {
                    attempts.incrementAndGet();
                    work(150);
                    throw error;
                })))
                .isSameAs(error);
        assertThat(attempts).hasValue(1);
    }

    @Test
    void theLimitIsTheSmallerOfTimeoutAndTimeBudget() {
        Retry retry = Retry.builder("slow")
                .policy(RetryPolicy.builder()
                        .attemptTimeout(millis(100))
                        .timeBudget(millis(150))
                        .backoff(BackoffPolicy.fixed(millis(10)))
                        .jitter(Jitter.NONE)
                        .build())
                .timeSource(time)
                .build();
        assertThatThrownBy(() -> retry.call(this::hang))
                .isInstanceOfSatisfying(
                        AttemptTimeoutException.class,
                        failure -> assertThat(failure.timeout()).isEqualTo(millis(40)));
        assertThat(time.nanoTime()).isEqualTo(millis(150).toNanos());
    }

    @Test
    void keepsAnInterruptThatCameBeforeTheTimeout() {
        Retry retry = retry(millis(100), 1);
        String result = retry.call(() -> {
            Thread.currentThread().interrupt();
            work(150);
            return "late";
        });
        assertThat(result).isEqualTo("late");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void anInterruptBySomebodyElseBeforeTheTimeoutEndsTheRetries() {
        AtomicInteger attempts = new AtomicInteger();
        assertThatThrownBy(() -> retry(millis(100), 3).call(() -> {
                    attempts.incrementAndGet();
                    Thread.currentThread().interrupt();
                    work(150);
                    throw new IOException("late");
                }))
                .isInstanceOf(AttemptTimeoutException.class)
                .satisfies(failure -> assertThat(stopReason(failure)).isEqualTo(StopReason.INTERRUPTED));
        assertThat(attempts).hasValue(1);
        assertThat(Thread.interrupted()).isTrue();
    }

    /** The flag is the inner timeout's when the outer one comes, and must not be taken for somebody else's. */
    @ParameterizedTest
    @ValueSource(longs = {50, 100, 200})
    void nestedTimeoutsLeaveNoFlagBehind(long innerMillis) {
        Retry outer = retry("outer", millis(100), 1, time);
        Retry inner = retry("inner", millis(innerMillis), 1, time);
        assertThatThrownBy(() -> outer.run(() -> inner.run(() -> {
                    work(300);
                    throw new IOException("after both timeouts");
                })))
                .isInstanceOf(AttemptTimeoutException.class)
                .hasMessageContaining("outer")
                .cause()
                .isInstanceOf(AttemptTimeoutException.class)
                .hasMessageContaining("inner");
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void theOuterTimeoutStillInterruptsAfterTheInnerOneTookItsFlagBack() {
        Retry outer = retry("outer", millis(100), 1, time);
        Retry inner = retry("inner", millis(50), 1, time);
        assertThatThrownBy(() -> outer.call(() -> {
                    assertThatThrownBy(() -> inner.run(() -> {
                                work(300);
                                throw new IOException("after both timeouts");
                            }))
                            .isInstanceOf(AttemptTimeoutException.class);
                    return hang();
                }))
                .isInstanceOf(AttemptTimeoutException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(time.nanoTime()).isEqualTo(millis(300).toNanos());
    }

    @Test
    void theOuterAttemptGoesOnAfterAnInnerTimeout() throws Exception {
        Retry outer = retry("outer", millis(100), 1, time);
        Retry inner = retry("inner", millis(50), 1, time);
        boolean flag = outer.call(() -> {
            assertThatThrownBy(() -> inner.call(this::hang)).isInstanceOf(AttemptTimeoutException.class);
            return Thread.currentThread().isInterrupted();
        });
        assertThat(flag).isFalse();
    }

    @Test
    void nestedTimeoutsPassOnAnInterruptThatCameBeforeBoth() {
        Retry outer = retry("outer", millis(100), 1, time);
        Retry inner = retry("inner", millis(50), 1, time);
        outer.run(() -> inner.run(() -> {
            Thread.currentThread().interrupt();
            work(300);
        }));
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void nestedTimeoutsPassOnAnInterruptThatCameBeforeTheInnerOne() {
        Retry outer = retry("outer", millis(400), 1, time);
        Retry inner = retry("inner", millis(50), 1, time);
        outer.run(() -> {
            inner.run(() -> {
                Thread.currentThread().interrupt();
                work(100);
            });
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        });
        assertThat(Thread.interrupted()).isTrue();
    }

    /** On a clock of its own the middle one isn't bound by the outer one's limit. */
    @Test
    void nestedTimeoutsPassOnAnInterruptOverAnAttemptBetweenThemThatIsInTime() {
        Retry outer = retry("outer", millis(100), 1, time);
        Retry middle = retry("middle", millis(400), 1, new ManualTime());
        Retry inner = retry("inner", millis(50), 1, time);
        outer.run(() -> middle.run(() -> inner.run(() -> {
            Thread.currentThread().interrupt();
            work(200);
        })));
        assertThat(Thread.interrupted()).isTrue();
    }

    /**
     * The attempt's end and the timer's interrupt meet again and again, in every order: what follows an attempt, on
     * the same thread, never sees an interrupt.
     */
    @Test
    void noInterruptEverReachesWhatFollows() throws Exception {
        try (RacingTimer timer = new RacingTimer()) {
            Retry retry = retry("racing", millis(1), 2, timer);
            int timeouts = 0;
            for (int i = 0; i < 20_000; i++) {
                int spins = i % 200;
                AtomicInteger attempts = new AtomicInteger();
                boolean late = retry.call(() -> {
                    assertThat(attempts.get() > 0 && Thread.currentThread().isInterrupted())
                            .isFalse();
                    timer.fire();
                    if (attempts.incrementAndGet() == 1) {
                        boolean interrupted = isInterruptedWithin(spins);
                        if (interrupted) {
                            throw new IOException("first attempt");
                        }
                    } else {
                        timer.settle();
                    }
                    return attempts.get() > 1;
                });
                timeouts += late ? 1 : 0;
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
                timer.settle();
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
            }
            assertThat(timeouts).isPositive();
        }
    }

    /** The same with an attempt inside of an attempt, and both timers on their way at once. */
    @Test
    void noInterruptEverReachesWhatFollowsNestedAttempts() throws Exception {
        try (RacingTimer innerTimer = new RacingTimer();
                RacingTimer outerTimer = new RacingTimer()) {
            Retry outer = retry("outer", millis(2), 1, outerTimer);
            Retry inner = retry("inner", millis(1), 1, innerTimer);
            for (int i = 0; i < 10_000; i++) {
                int spins = i % 100;
                outer.run(() -> {
                    inner.run(() -> {
                        outerTimer.fire();
                        innerTimer.fire();
                        isInterruptedWithin(spins);
                    });
                });
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
                outerTimer.settle();
                innerTimer.settle();
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
            }
        }
    }

    private static boolean isInterruptedWithin(int spins) {
        for (int i = 0; i < spins; i++) {
            if (Thread.currentThread().isInterrupted()) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    private static StopReason stopReason(Throwable failure) {
        return ((RetryStopped) failure.getSuppressed()[0]).reason();
    }

    /** Its clock stands still; its timer is a thread that runs the scheduled task when told to. */
    private static final class RacingTimer implements TimeSource, AutoCloseable {

        private final ExecutorService thread = Executors.newSingleThreadExecutor();
        private final AtomicReference<Runnable> due = new AtomicReference<>();
        private Future<?> firing = thread.submit(() -> {});

        void fire() {
            firing = thread.submit(() -> {
                Runnable task = due.get();
                if (task != null) {
                    task.run();
                }
            });
        }

        /** Waits until the timer has nothing left to do, whatever the flag. */
        void settle() {
            while (!firing.isDone()) {
                Thread.onSpinWait();
            }
        }

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public void sleep(long nanos) throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }

        @Override
        public Scheduled schedule(Runnable task, long delayNanos) {
            due.set(task);
            return () -> due.compareAndSet(task, null);
        }

        @Override
        public void close() throws InterruptedException {
            thread.shutdown();
            assertThat(thread.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
    }
}
