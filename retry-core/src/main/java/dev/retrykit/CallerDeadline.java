package dev.retrykit;

import dev.retrykit.event.Scope;
import dev.retrykit.internal.engine.CallFrame;
import dev.retrykit.time.Nanos;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * The time until which a caller outside this process waits for the work of a thread. It shortens the time budget of
 * every call that begins in its {@linkplain #enter scope}. Immutable.
 */
public final class CallerDeadline {

    private final TimeSource time;
    private final long deadlineNanos;

    private CallerDeadline(TimeSource time, long deadlineNanos) {
        this.time = time;
        this.deadlineNanos = deadlineNanos;
    }

    /**
     * Creates a deadline that is the given time from now.
     *
     * @param left the remaining time
     * @param time the clock of the calls that the deadline applies to
     */
    public static CallerDeadline in(Duration left, TimeSource time) {
        Objects.requireNonNull(time, "time");
        return new CallerDeadline(time, time.nanoTime() + Nanos.of(left));
    }

    /**
     * Returns the deadline in whose scope this thread is; empty inside an attempt, whose remaining time already
     * respects it.
     */
    public static Optional<CallerDeadline> current() {
        CallFrame frame = CallFrame.current();
        TimeSource clock = frame.callerClock();
        return clock == null ? Optional.empty() : Optional.of(new CallerDeadline(clock, frame.callerDeadlineNanos()));
    }

    /** Opens a scope on this thread, outside any attempt. Close it on this thread, and the last opened scope first. */
    public Scope enter() {
        return CallFrame.current().enterUntil(time, deadlineNanos);
    }

    /** The remaining time; zero once the deadline has passed. */
    public Duration left() {
        return Duration.ofNanos(Math.max(0, deadlineNanos - time.nanoTime()));
    }
}
