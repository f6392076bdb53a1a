package dev.retrykit.internal.drive;

import dev.retrykit.internal.engine.RetryEngine;
import dev.retrykit.internal.timer.NonBlockingTask;
import dev.retrykit.time.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * The time for which an asynchronous call waits if it does not use the system clock: a task on the timer of its clock.
 */
final class ScheduledWait implements NonBlockingTask {

    private final TimeSource time;
    private final StageWait call;
    private final long dueNanos;

    private volatile TimeSource.@Nullable Scheduled scheduled;
    private volatile boolean cancelled;

    ScheduledWait(TimeSource time, StageWait call, long dueNanos) {
        this.time = time;
        this.call = call;
        this.dueNanos = dueNanos;
    }

    /** Schedules the task; the timer may run it immediately. */
    void begin() {
        scheduled = time.schedule(this, dueNanos - time.nanoTime());
        if (cancelled) {
            RetryEngine.cancel(scheduled);
        }
    }

    /** Runs on the timer. If it is early, it is scheduled again. */
    @Override
    public void run() {
        if (cancelled) {
            return;
        }
        if (isOver()) {
            call.timeIsOver();
        } else {
            begin();
        }
    }

    boolean isOver() {
        return dueNanos - time.nanoTime() <= 0;
    }

    boolean isFor(long otherDueNanos) {
        return dueNanos == otherDueNanos && !cancelled;
    }

    void cancel() {
        cancelled = true;
        RetryEngine.cancel(scheduled);
    }
}
