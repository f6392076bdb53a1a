package dev.retrykit;

import dev.retrykit.event.Scope;
import dev.retrykit.internal.engine.CallFrame;
import dev.retrykit.time.Nanos;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How long somebody outside of this process still waits for what a thread does. It shortens the time budget of every
 * call that begins in its {@linkplain #enter scope}. Immutable.
 */
public final class CallerDeadline {

    private final TimeSource time;
    private final long deadlineNanos;

    private CallerDeadline(TimeSource time, long deadlineNanos) {
        this.time = time;
        this.deadlineNanos = deadlineNanos;
    }

    /**
     * The deadline that is so far away now.
     *
     * @param time the clock of the calls that it is for
     */
    public static CallerDeadline in(Duration left, TimeSource time) {
        Objects.requireNonNull(time, "time");
        return new CallerDeadline(time, time.nanoTime() + Nanos.of(left));
    }

    /** The one in whose scope this thread is; empty inside of an attempt, whose time left heeds it. */
    public static Optional<CallerDeadline> current() {
        CallFrame frame = CallFrame.current();
        TimeSource clock = frame.callerClock();
        return clock == null ? Optional.empty() : Optional.of(new CallerDeadline(clock, frame.callerDeadlineNanos()));
    }

    /** Begins a scope on this thread, outside of any attempt. To be closed there, the one opened last first. */
    public Scope enter() {
        return CallFrame.current().enterUntil(time, deadlineNanos);
    }

    /** How long it is until then; zero once it is past. */
    public Duration left() {
        return Duration.ofNanos(Math.max(0, deadlineNanos - time.nanoTime()));
    }
}
