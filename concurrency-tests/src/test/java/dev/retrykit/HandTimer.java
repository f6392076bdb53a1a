package dev.retrykit;

import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands still until it is set, with a timer that is fired by hand. It has no lock that would put into an order what the
 * engine must put into an order itself.
 */
public final class HandTimer implements TimeSource {

    private final AtomicReference<@Nullable Due> latest = new AtomicReference<>();
    private final AtomicInteger pending = new AtomicInteger();
    private volatile long nanos;

    /** Lets time pass, and fires nothing. */
    public void pass(Duration time) {
        nanos = time.toNanos();
    }

    /** Runs what waits now; what that schedules waits for the next time. */
    public void fire() {
        due().run();
    }

    /** What waits now, to be run later, at its time, unless it is cancelled before. */
    public Runnable due() {
        Due waiting = latest.getAndSet(null);
        return () -> {
            for (Due due = waiting; due != null; due = due.before) {
                if (due.claim()) {
                    nanos = Math.max(nanos, due.at);
                    due.task.run();
                }
            }
        };
    }

    /** How many tasks have neither been run nor cancelled. */
    public int pending() {
        return pending.get();
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public Instant now() {
        return Instant.EPOCH;
    }

    @Override
    public void sleep(long nanos) {
        throw new UnsupportedOperationException("nobody waits on a clock that stands still");
    }

    @Override
    public Scheduled schedule(Runnable task, long delayNanos) {
        Due due = new Due(task, nanos + delayNanos);
        pending.incrementAndGet();
        do {
            due.before = latest.get();
        } while (!latest.compareAndSet(due.before, due));
        return due::claim;
    }

    private final class Due extends AtomicBoolean {

        private static final long serialVersionUID = 1;

        private final transient Runnable task;
        private final long at;
        private transient @Nullable Due before;

        Due(Runnable task, long at) {
            this.task = task;
            this.at = at;
        }

        boolean claim() {
            boolean claimed = compareAndSet(false, true);
            if (claimed) {
                pending.decrementAndGet();
            }
            return claimed;
        }
    }
}
