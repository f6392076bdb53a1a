package dev.retrykit.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retrykit.internal.timer.NonBlockingTask;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SystemTimeTests {

    private final TimeSource time = TimeSource.system();

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    @Test
    void isTheClockOfTheJdk() {
        long before = System.nanoTime();
        long now = time.nanoTime();
        assertThat(now - before).isNotNegative();
        assertThat(System.nanoTime() - now).isNotNegative();
        assertThat(Duration.between(time.now(), Instant.now()).abs()).isLessThan(Duration.ofMinutes(1));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 999, 1_000, 50_001, 999_999, 1_000_001})
    void neverWakesEarly(long nanos) throws InterruptedException {
        for (int i = 0; i < 10; i++) {
            long start = System.nanoTime();
            time.sleep(nanos);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0})
    void aWaitOfZeroOrLessReturnsAtOnce(long nanos) throws InterruptedException {
        time.sleep(nanos);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1, Long.MAX_VALUE})
    void anInterruptedThreadDoesNotWaitAtAll(long nanos) {
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> time.sleep(nanos));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void anInterruptEndsAWait() throws Exception {
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread sleeper = new Thread(() -> {
            try {
                time.sleep(Long.MAX_VALUE);
                interrupted.complete(false);
            } catch (InterruptedException expected) {
                interrupted.complete(true);
            }
        });
        sleeper.start();
        sleeper.interrupt();
        assertThat(interrupted.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void runsATaskNoEarlierThanItsDelayOnADaemonThread() throws Exception {
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        CompletableFuture<Long> at = new CompletableFuture<>();
        long start = System.nanoTime();
        time.schedule(
                () -> {
                    at.complete(System.nanoTime());
                    ran.complete(Thread.currentThread());
                },
                2_000_000);
        assertThat(at.get(30, TimeUnit.SECONDS) - start).isGreaterThanOrEqualTo(2_000_000);
        assertThat(ran.get(30, TimeUnit.SECONDS).isDaemon()).isTrue();
        assertThat(ran.join().getName()).as("it may block").startsWith("retrykit-worker");
    }

    @Test
    void runsATaskWithTheLoaderOfWhoeverHasScheduledIt() throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        ClassLoader own = new ClassLoader() {};
        CompletableFuture<ClassLoader> seen = new CompletableFuture<>();
        Thread.currentThread().setContextClassLoader(own);
        try {
            time.schedule(() -> seen.complete(Thread.currentThread().getContextClassLoader()), 0);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
        assertThat(seen.get(30, TimeUnit.SECONDS)).isSameAs(own);
    }

    @Test
    void aTaskThatIsCancelledWhileTheTimerIsBusyNeverRuns() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<String> first = new CompletableFuture<>();
        NonBlockingTask blocks = () -> {
            busy.countDown();
            awaited(release);
        };
        time.schedule(blocks, 0);
        busy.await();
        TimeSource.Scheduled cancelled = time.schedule(() -> first.complete("cancelled"), 0);
        cancelled.cancel();
        cancelled.cancel();
        time.schedule(() -> first.complete("kept"), 0);
        release.countDown();
        assertThat(first.get(30, TimeUnit.SECONDS)).isEqualTo("kept");
    }

    @Test
    void aTaskThatThrowsDoesNotStopTheTimer() throws Exception {
        CompletableFuture<String> next = new CompletableFuture<>();
        time.schedule(
                () -> {
                    throw new IllegalStateException("broken");
                },
                0);
        time.schedule(() -> next.complete("ran"), 1_000);
        assertThat(next.get(30, TimeUnit.SECONDS)).isEqualTo("ran");
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
