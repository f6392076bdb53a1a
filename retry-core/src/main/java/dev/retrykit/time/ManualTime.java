package dev.retrykit.time;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands still until it is told to move: hours of backoff are tested in a millisecond.
 *
 * <p>{@link #sleep} returns at once and moves the clock. {@link #advance} moves the clock too. On the way both run
 * what falls due, in order of time and then of scheduling, on the calling thread. Thread-safe.
 */
public final class ManualTime implements TimeSource {

    /** Many tasks are forgotten before they fall due: a set finds them. */
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
     * Starts wherever the test wants, for example just before {@link Long#MAX_VALUE}, where differences still hold
     * and comparisons don't.
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

    /** Sets the wall clock forward, or back if the time is negative, as an administrator does. No time passes. */
    public synchronized void jumpWallClock(Duration time) {
        originWall = originWall.plus(time);
    }

    /**
     * Moves the clock on and runs what falls due on the way.
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

    /** An alarm that rings on the way stops the clock there. */
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

    /** How many tasks wait for their time. */
    public synchronized int pending() {
        return queue.size();
    }

    private synchronized void forget(Due due) {
        queue.remove(due);
    }

    /** Saturates: no task and no sleep goes beyond the end of time. */
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
