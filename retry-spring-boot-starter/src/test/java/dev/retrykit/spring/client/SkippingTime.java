package dev.retrykit.spring.client;

import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** A clock for calls over real sockets: delays pass at once, and what is due later than any of them never is. */
final class SkippingTime implements TimeSource {

    private static final long LONG = Duration.ofSeconds(4).toNanos();

    private final AtomicLong nanos = new AtomicLong();

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    @Override
    public Instant now() {
        return Instant.parse("2026-01-01T00:00:00Z").plusNanos(nanos.get());
    }

    @Override
    public void sleep(long delayNanos) {
        nanos.addAndGet(delayNanos);
    }

    @Override
    public Scheduled schedule(Runnable task, long delayNanos) {
        if (delayNanos >= LONG) {
            return () -> {};
        }
        nanos.addAndGet(Math.max(0, delayNanos));
        CompletableFuture<Void> running = CompletableFuture.runAsync(task);
        return () -> running.cancel(false);
    }
}
