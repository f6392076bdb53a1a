package dev.retrykit.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ManualTimeTests {

    private final ManualTime time = new ManualTime();
    private final List<String> ran = new ArrayList<>();

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    @Test
    void standsStillUntilItIsMoved() {
        assertThat(time.nanoTime()).isZero();
        assertThat(time.now()).isEqualTo(Instant.EPOCH);
        time.advance(Duration.ofSeconds(3));
        assertThat(time.nanoTime()).isEqualTo(3_000_000_000L);
        assertThat(time.now()).isEqualTo(Instant.ofEpochSecond(3));
    }

    @Test
    void startsWhereItIsTold() {
        ManualTime other = new ManualTime(42, Instant.parse("2030-01-01T00:00:00Z"));
        other.advance(Duration.ofNanos(8));
        assertThat(other.nanoTime()).isEqualTo(50);
        assertThat(other.now()).isEqualTo(Instant.parse("2030-01-01T00:00:00.000000008Z"));
    }

    @Test
    void doesNotRunBackwards() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> time.advance(Duration.ofNanos(-1)))
                .withMessage("time must not be negative, but was PT-0.000000001S");
    }

    @Test
    void sleepingMovesTheClockAndReturnsAtOnce() throws InterruptedException {
        time.sleep(5);
        assertThat(time.nanoTime()).isEqualTo(5);
        time.sleep(0);
        time.sleep(-7);
        assertThat(time.nanoTime()).isEqualTo(5);
    }

    @Test
    void runsWhatFallsDueInTheOrderOfTime() {
        schedule("second", 20);
        schedule("third", 30);
        schedule("first", 10);
        time.advance(Duration.ofNanos(30));
        assertThat(ran).containsExactly("first at 10", "second at 20", "third at 30");
    }

    @Test
    void runsWhatFallsDueTogetherInTheOrderOfScheduling() {
        schedule("a", 10);
        schedule("b", 10);
        schedule("c", 10);
        time.advance(Duration.ofNanos(10));
        assertThat(ran).containsExactly("a at 10", "b at 10", "c at 10");
    }

    @Test
    void runsNothingBeforeItsTime() {
        schedule("later", 11);
        time.advance(Duration.ofNanos(10));
        assertThat(ran).isEmpty();
        assertThat(time.pending()).isEqualTo(1);
        time.advance(Duration.ofNanos(1));
        assertThat(ran).containsExactly("later at 11");
        assertThat(time.pending()).isZero();
    }

    @Test
    void whatIsDueAtOnceRunsWithTheNextMove() {
        schedule("now", 0);
        schedule("long ago", -5);
        assertThat(ran).isEmpty();
        time.advance(Duration.ZERO);
        assertThat(ran).containsExactly("now at 0", "long ago at 0");
    }

    @Test
    void sleepingRunsWhatFallsDueOnTheWay() throws InterruptedException {
        schedule("timer", 10);
        time.sleep(25);
        assertThat(ran).containsExactly("timer at 10");
        assertThat(time.nanoTime()).isEqualTo(25);
    }

    @Test
    void aTaskThatSchedulesIsFollowedByWhatItScheduled() {
        time.schedule(
                () -> {
                    schedule("inside the move", 5);
                    schedule("beyond it", 50);
                },
                10);
        schedule("between", 12);
        time.advance(Duration.ofNanos(20));
        assertThat(ran).containsExactly("between at 12", "inside the move at 15");
        assertThat(time.nanoTime()).isEqualTo(20);
        time.advance(Duration.ofNanos(40));
        assertThat(ran).endsWith("beyond it at 60");
    }

    @Test
    void aTaskThatSleepsCarriesTheClockWithIt() {
        time.schedule(
                () -> {
                    try {
                        time.sleep(100);
                    } catch (InterruptedException unexpected) {
                        throw new AssertionError(unexpected);
                    }
                },
                10);
        time.advance(Duration.ofNanos(20));
        assertThat(time.nanoTime()).isEqualTo(110);
    }

    @Test
    void aCancelledTaskNeverRuns() {
        TimeSource.Scheduled cancelled = schedule("cancelled", 10);
        schedule("kept", 10);
        cancelled.cancel();
        cancelled.cancel();
        time.advance(Duration.ofNanos(10));
        assertThat(ran).containsExactly("kept at 10");
    }

    @Test
    void cancellingWhatRanDoesNothing() {
        TimeSource.Scheduled done = schedule("done", 10);
        time.advance(Duration.ofNanos(10));
        done.cancel();
        assertThat(ran).containsExactly("done at 10");
    }

    @Test
    void anInterruptedThreadDoesNotSleepAtAll() {
        for (long nanos : new long[] {-1, 0, 1_000}) {
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> time.sleep(nanos));
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
        assertThat(time.nanoTime()).isZero();
    }

    @Test
    void anInterruptEndsASleepWhereItComes() {
        time.schedule(Thread.currentThread()::interrupt, 40);
        schedule("later", 60);
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> time.sleep(100));
        assertThat(time.nanoTime()).isEqualTo(40);
        assertThat(ran).isEmpty();
        assertThat(time.pending()).isEqualTo(1);
    }

    @Test
    void advancingIsNotInterrupted() {
        time.schedule(Thread.currentThread()::interrupt, 40);
        time.advance(Duration.ofNanos(100));
        assertThat(time.nanoTime()).isEqualTo(100);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }

    @Test
    void passesTheEndOfLongLikeTheRealClock() throws InterruptedException {
        ManualTime late = new ManualTime(Long.MAX_VALUE - 5, Instant.EPOCH);
        long start = late.nanoTime();
        late.schedule(() -> ran.add("due at " + (late.nanoTime() - start)), 10);
        late.sleep(20);
        assertThat(late.nanoTime()).isNegative();
        assertThat(late.nanoTime() - start).isEqualTo(20);
        assertThat(ran).containsExactly("due at 10");
    }

    @Test
    void aDelayThatNeverEndsIsNotDueAtOnce() {
        time.advance(Duration.ofSeconds(1));
        schedule("never", Long.MAX_VALUE);
        time.advance(Duration.ofDays(365_000));
        assertThat(ran).isEmpty();
        assertThat(time.pending()).isEqualTo(1);
    }

    @Test
    void theClockStopsAtTheEndOfTime() {
        for (int i = 0; i < 3; i++) {
            time.advance(Duration.ofSeconds(Long.MAX_VALUE));
        }
        assertThat(time.nanoTime()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aTaskThatThrowsLeavesTheOthersInTheQueue() {
        time.schedule(
                () -> {
                    throw new IllegalStateException("broken");
                },
                10);
        schedule("other", 20);
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> time.advance(Duration.ofNanos(30)))
                .withMessage("broken");
        time.advance(Duration.ofNanos(20));
        assertThat(ran).containsExactly("other at 20");
    }

    @Test
    void threadsThatMoveItTogetherRunEachTaskOnceAndNeverTurnItBack() throws InterruptedException {
        int threads = 4;
        int moves = 2_000;
        AtomicInteger runs = new AtomicInteger();
        AtomicInteger backwards = new AtomicInteger();
        CountDownLatch begin = new CountDownLatch(1);
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(() -> {
                awaitQuietly(begin);
                for (int move = 0; move < moves; move++) {
                    time.schedule(runs::incrementAndGet, move % 7);
                    long before = time.nanoTime();
                    time.advance(Duration.ofNanos(10));
                    if (time.nanoTime() - before < 10) {
                        backwards.incrementAndGet();
                    }
                }
            });
            thread.start();
            all.add(thread);
        }
        begin.countDown();
        for (Thread thread : all) {
            thread.join();
        }
        assertThat(runs).hasValue(threads * moves);
        assertThat(backwards).hasValue(0);
        assertThat(time.pending()).isZero();
        assertThat(time.nanoTime()).isBetween(10L * moves, 10L * moves * threads);
    }

    private TimeSource.Scheduled schedule(String name, long delayNanos) {
        return time.schedule(() -> ran.add(name + " at " + time.nanoTime()), delayNanos);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException unexpected) {
            throw new AssertionError(unexpected);
        }
    }
}
