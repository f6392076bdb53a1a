package dev.retrykit.spring.idempotency.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retrykit.CallerDeadline;
import dev.retrykit.Retry;
import dev.retrykit.RetryPolicy;
import dev.retrykit.event.Scope;
import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What waits for a store is interrupted after two seconds, whatever the caller is inside of. The bound is real time. */
@Tag("slow")
@Timeout(30)
class BoundedWaitTests {

    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private static Boolean waitForever() throws InterruptedException {
        NEVER.await();
        return true;
    }

    @Test
    void isInterruptedAfterTwoSeconds() {
        assertThatExceptionOfType(AttemptTimeoutException.class)
                .isThrownBy(() -> BoundedWait.call(BoundedWaitTests::waitForever))
                .withCauseInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void takesAnInterruptBackThatTheCallSwallowed() {
        assertThat(BoundedWait.call(() -> {
                    try {
                        return waitForever();
                    } catch (InterruptedException interrupted) {
                        Thread.currentThread().interrupt();
                        return false;
                    }
                }))
                .isFalse();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void leavesTheCallersOwnInterrupt() {
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class)
                .isThrownBy(() -> BoundedWait.<Boolean, Exception>call(() -> {
                    TimeSource.system().sleep(0);
                    return true;
                }));
        Thread.currentThread().interrupt();
        assertThat(BoundedWait.call(() -> "asked")).isEqualTo("asked");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void isNoPartOfACallWhoseTimeIsOver() {
        Scope over = CallerDeadline.in(Duration.ZERO, TimeSource.system()).enter();
        try {
            assertThat(BoundedWait.call(() -> "asked")).isEqualTo("asked");
            assertThat(CallerDeadline.current()).isPresent();
        } finally {
            over.close();
        }
        assertThat(CallerDeadline.current()).isEmpty();
    }

    @Test
    void isNoPartOfAnAttemptWhoseTimeIsOver() {
        Retry attempt = Retry.builder("payment")
                .policy(RetryPolicy.builder()
                        .maxAttempts(1)
                        .timeBudget(Duration.ofNanos(1))
                        .build())
                .build();
        assertThat(attempt.call(() -> BoundedWait.call(() -> "asked"))).isEqualTo("asked");
    }

    /** The attempt's limit interrupts the wait, and the flag is the attempt's to take back. */
    @Test
    void isEndedByTheLimitOfAnAttemptAround() {
        Retry attempt = Retry.builder("payment")
                .policy(RetryPolicy.builder()
                        .maxAttempts(1)
                        .attemptTimeout(Duration.ofMillis(50))
                        .build())
                .build();
        assertThatExceptionOfType(AttemptTimeoutException.class)
                .isThrownBy(() -> attempt.call(() -> BoundedWait.call(BoundedWaitTests::waitForever)))
                .withMessageContaining("payment");
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    /** Both limits come within one wait: neither leaves its interrupt behind. */
    @Test
    void leavesNoInterruptBehindWhereTheLimitOfAnAttemptAroundComesWithIt() {
        Retry attempt = Retry.builder("payment")
                .policy(RetryPolicy.builder()
                        .maxAttempts(1)
                        .attemptTimeout(Duration.ofMillis(2_200))
                        .build())
                .build();
        CountDownLatch bothCame = new CountDownLatch(1);
        TimeSource.Scheduled timer = TimeSource.system()
                .schedule(bothCame::countDown, Duration.ofMillis(2_500).toNanos());
        try {
            attempt.call(() -> BoundedWait.call(() -> {
                while (bothCame.getCount() > 0) {
                    Thread.onSpinWait();
                }
                return "late";
            }));
        } finally {
            timer.cancel();
        }
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
}
