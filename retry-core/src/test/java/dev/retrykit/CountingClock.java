package dev.retrykit;

import dev.retrykit.time.ManualTime;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.time.Instant;

/** Counts how often it is read. */
final class CountingClock implements TimeSource {

    private final ManualTime time = new ManualTime();
    private final long began = time.nanoTime();
    int readings;

    void advance(Duration duration) {
        time.advance(duration);
    }

    Duration elapsed() {
        return Duration.ofNanos(time.nanoTime() - began);
    }

    @Override
    public long nanoTime() {
        readings++;
        return time.nanoTime();
    }

    @Override
    public Instant now() {
        return time.now();
    }

    @Override
    public void sleep(long nanos) {
        advance(Duration.ofNanos(nanos));
    }

    @Override
    public Scheduled schedule(Runnable task, long delayNanos) {
        return time.schedule(task, delayNanos);
    }
}
