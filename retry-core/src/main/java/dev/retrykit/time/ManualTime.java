package dev.retrykit.time;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A clock that moves only when it is advanced, so that tests run hours of backoff in a millisecond.
 *
 * <pre>{@code
 * ManualTime time = new ManualTime();
 * Retry retry = Retry.builder("inventory").timeSource(time).build();
 * CompletableFuture<Stock> call = retry.callAsync(() -> client.stockAsync(sku));
 * time.advance(Duration.ofMinutes(1)); // runs all retries that are due by then
 * }</pre>
 *
 * <p>{@link #sleep} returns immediately and moves the clock; {@link #advance} moves the clock, too. Both run the tasks
 * that become due meanwhile, ordered by time and then by scheduling, on the calling thread. Thread-safe.
 */
public final class ManualTime implements TimeSource {

    /** A set, because many tasks are removed before they are due. */
    private final TreeSet<Due> queue =
            new TreeSet<>(Comparator.comparingLong(Due::elapsed).thenComparingLong(Due::sequence));

    private final long originNanos;
    private Instant originWall;
    private long elapsed;
    private long sequence;

    /** Starts at 0 ns and at the epoch. */
    public ManualTime() {
        this(0, Instant.EPOCH);
    }

    /**
     * Starts at any time, for example just before {@link Long#MAX_VALUE}, where differences of readings are still valid
     * but comparisons are not.
     */
    public ManualTime(long originNanos, Instant originWall) {
        this.originNanos = originNanos;
        this.originWall = originWall;
    }

    @Override
    public synchronized long nanoTime() {
        return originNanos + elapsed;
    }

    @Override
    public synchronized Instant now() {
        return originWall.plusNanos(elapsed);
    }

    /**
     * Moves the wall clock forward, or back if the time is negative, as an administrator does. No monotonic time
     * passes.
     */
    public synchronized void jumpWallClock(Duration time) {
        originWall = originWall.plus(time);
    }

    /**
     * Advances the clock and runs the tasks that become due meanwhile.
     *
     * @param time zero or more
     * @throws IllegalArgumentException if the time is negative
     */
    public void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time must not be negative, but was " + time);
        }
        long target = target(Nanos.of(time));
        for (Due due = next(target); due != null; due = next(target)) {
            due.task.run();
        }
    }

    @Override
    public void sleep(long nanos) throws InterruptedException {
        sleep(nanos, new Alarm());
    }

    /** An alarm that rings meanwhile stops the clock at that time. */
    @Override
    public void sleep(long nanos, Alarm alarm) throws InterruptedException {
        throwIfInterrupted();
        long target = target(Math.max(0, nanos));
        while (!alarm.hasRung()) {
            Due due = next(target);
            if (due == null) {
                return;
            }
            due.task.run();
            throwIfInterrupted();
        }
    }

    @Override
    public synchronized Scheduled schedule(Runnable task, long delayNanos) {
        Due due = new Due(target(Math.max(0, delayNanos)), sequence++, task);
        queue.add(due);
        return () -> forget(due);
    }

    /** The number of pending tasks. */
    public synchronized int pending() {
        return queue.size();
    }

    private synchronized void forget(Due due) {
        queue.remove(due);
    }

    /** Saturates: no task and no sleep goes beyond the last representable time. */
    private synchronized long target(long nanos) {
        return nanos > Long.MAX_VALUE - elapsed ? Long.MAX_VALUE : elapsed + nanos;
    }

    private synchronized @Nullable Due next(long target) {
        Due due = queue.isEmpty() ? null : queue.first();
        if (due == null || due.elapsed > target) {
            elapsed = Math.max(elapsed, target);
            return null;
        }
        queue.remove(due);
        elapsed = Math.max(elapsed, due.elapsed);
        return due;
    }

    private static void throwIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private record Due(long elapsed, long sequence, Runnable task) {}
}
