package dev.retrykit.spring.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retrykit.time.ManualTime;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class LogThrottleTests {

    private final ManualTime clock = new ManualTime();
    private final List<String> said = new ArrayList<>();
    private boolean refuses;

    /** A timer that may refuse work, as one does that is shut down. */
    private final TimeSource time = new TimeSource() {
        @Override
        public long nanoTime() {
            return clock.nanoTime();
        }

        @Override
        public Instant now() {
            return clock.now();
        }

        @Override
        public void sleep(long nanos) throws InterruptedException {
            clock.sleep(nanos);
        }

        @Override
        public Scheduled schedule(Runnable task, long delayNanos) {
            if (refuses) {
                throw new RejectedExecutionException("shut down");
            }
            return clock.schedule(task, delayNanos);
        }
    };

    private final LogThrottle throttle = new LogThrottle(time, Runnable::run);

    private void say(String line) {
        throttle.say(() -> said.add(line), count -> said.add(count + " more"));
    }

    @Test
    void sumsUpWhatItHeldBack() {
        say("first");
        say("second");
        say("third");
        clock.advance(Duration.ofSeconds(10));
        assertThat(said).containsExactly("first", "2 more");
    }

    @Test
    void aTimerThatRefusesOnceDoesNotMuteIt() {
        say("first");
        refuses = true;
        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> say("lost"));
        refuses = false;
        say("second");
        clock.advance(Duration.ofSeconds(10));
        assertThat(said).containsExactly("first", "1 more");
    }
}
