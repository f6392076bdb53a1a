package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.internal.engine.AttemptTimeout;
import dev.retrykit.internal.timer.Timer;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** A virtual thread is made for one task, so the timer keeps nothing of it. */
@EnabledForJreRange(min = JRE.JAVA_21)
@Timeout(60)
class VirtualThreadLimitTests {

    private static final int THREADS = 2_000;

    @Test
    void theTimerForgetsItsLimitAtOnce() throws Exception {
        Retry retry = Retry.builder("limited")
                .policy(RetryPolicy.builder()
                        .attemptTimeout(Duration.ofSeconds(30))
                        .build())
                .build();
        Method start = Thread.class.getMethod("startVirtualThread", Runnable.class);
        AtomicInteger kept = new AtomicInteger();
        for (int i = 0; i < THREADS; i++) {
            ((Thread) start.invoke(null, (Runnable) () -> retry.run(() -> {}))).join();
        }
        Timer.system().show(entry -> kept.addAndGet(entry instanceof AttemptTimeout ? 1 : 0));
        assertThat(kept.get()).isLessThan(THREADS / 10);
    }
}
