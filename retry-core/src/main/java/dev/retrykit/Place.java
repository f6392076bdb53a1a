package dev.retrykit;

import dev.retrykit.Waiters.Waiter;
import dev.retrykit.time.TimeSource;
import dev.retrykit.timer.NonBlockingTask;
import org.jspecify.annotations.Nullable;

/**
 * Where a call is among those of its retry that {@linkplain Waiters wait}, and what the timer runs at the call's deadline.
 * Linked and unlinked under their lock, with nothing called between the writes that a stack overflow could keep from
 * happening.
 */
final class Place implements NonBlockingTask {

    /** Whether the deadline has been reached. Written before the waiter is told. */
    volatile boolean over;

    /** Whether it has been given up. Written with the lock. */
    volatile boolean left;

    /** The deadline on the timer. */
    volatile TimeSource.@Nullable Scheduled deadline;

    private @Nullable TimeSource time;
    private long deadlineNanos;

    private final @Nullable Waiter waiter;
    private @Nullable Place previous;
    private @Nullable Place next;

    Place(@Nullable Waiter waiter) {
        this.waiter = waiter;
    }

    /** A place of nobody, alone in a ring. */
    static Place mark() {
        Place mark = new Place(null);
        mark.previous = mark;
        mark.next = mark;
        return mark;
    }

    Waiter waiter() {
        return linked(waiter);
    }

    Place next() {
        return linked(next);
    }

    /** Waits for the deadline. */
    void await(TimeSource clock, long nanos) {
        time = clock;
        deadlineNanos = nanos;
        deadline = clock.schedule(this, nanos - clock.nanoTime());
        if (left) {
            Step.cancel(deadline);
        }
    }

    /** On the timer. One that is early is asked again. */
    @Override
    public void run() {
        TimeSource clock = linked(time);
        if (deadlineNanos - clock.nanoTime() > 0) {
            await(clock, deadlineNanos);
        } else if (!left) {
            over = true;
            Step.quietly(waiter()::timeIsOver);
        }
    }

    void linkAfter(Place place) {
        Place after = place.next();
        previous = place;
        next = after;
        after.previous = this;
        place.next = this;
    }

    /** The second time this does nothing. */
    void unlink() {
        Place before = previous;
        Place after = next;
        if (before != null && after != null) {
            before.next = after;
            after.previous = before;
            previous = null;
            next = null;
        }
    }

    private static <T> T linked(@Nullable T link) {
        if (link == null) {
            throw new IllegalStateException("not linked");
        }
        return link;
    }
}
