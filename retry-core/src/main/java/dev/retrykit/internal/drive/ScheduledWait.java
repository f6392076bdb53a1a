package dev.retrykit.internal.drive;

import dev.retrykit.internal.engine.RetryEngine;
import dev.retrykit.internal.timer.NonBlockingTask;
import dev.retrykit.time.TimeSource;
import org.jspecify.annotations.Nullable;

/** A time of an asynchronous call whose clock isn't the system's: a task on that clock's timer. */
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

    /** Gives it to the timer, which may run it at once. */
    void begin() {
        scheduled = time.schedule(this, dueNanos - time.nanoTime());
        if (cancelled) {
            RetryEngine.cancel(scheduled);
        }
    }

    /** On the timer. One that is early is asked again. */
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
