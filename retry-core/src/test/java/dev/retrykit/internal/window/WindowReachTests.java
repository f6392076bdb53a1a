package dev.retrykit.internal.window;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WindowReachTests {

    private static final long SECOND = 1_000_000_000L;

    /** resized(): the parameter size shadows the field, so a window of an hour that becomes one of 10 s reaches back for ever. */
    @Test
    void aLongWindowThatBecomesAShortOneReachesTenMinutesBackAndNoFurther() {
        SlidingWindow hour = new SlidingWindow(1, 3600 * SECOND, 10, 0, true);
        for (int i = 0; i < 1000; i++) {
            hour.add(0, SECOND);
        }
        long later = 24 * 3600 * SECOND;
        SlidingWindow small = hour.resized(10 * SECOND, 10, later);
        small.add(0, later + 2 * SECOND);
        assertThat(small.reach(counts -> counts[0] >= 20).counts()[0]).isEqualTo(1);
    }

    /** What fails by it: a good day, one failure. */
    @Test
    void noCountIsNegative() throws Exception {
        SlidingWindow window = new SlidingWindow(1, 10, 10, 0, true);
        AtomicBoolean over = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            for (long position = 0; !over.get(); position += 100) {
                for (int i = 0; i < 50; i++) {
                    window.add(0, position);
                }
            }
        });
        writer.start();
        AtomicLong least = new AtomicLong();
        long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        while (System.nanoTime() < end) {
            window.reach(counts -> {
                least.accumulateAndGet(counts[0], Math::min);
                return true;
            });
        }
        over.set(true);
        writer.join();
        assertThat(least.get()).isNotNegative();
    }
}
