package dev.retrykit;

import dev.retrykit.Waiters.Waiter;
import dev.retrykit.time.TimeSource;
import org.jspecify.annotations.Nullable;

/** Where a call is among those of its retry that {@linkplain Waiters wait}. Linked and unlinked with their lock. */
final class Place {

    final long deadlineNanos;

    /** Whether the deadline has been reached. Written before the waiter is told. */
    volatile boolean over;

    /** Whether it has been given up. Written with the lock. */
    volatile boolean left;

    /** What tells the waiter, if that is nobody else's affair. */
    volatile TimeSource.@Nullable Scheduled task;

    private final @Nullable Waiter waiter;
    private @Nullable Place previous;
    private @Nullable Place next;

    Place(@Nullable Waiter waiter, long deadlineNanos) {
        this.waiter = waiter;
        this.deadlineNanos = deadlineNanos;
    }

    /** A place of nobody, alone in a ring. */
    static Place mark() {
        Place mark = new Place(null, 0);
        mark.previous = mark;
        mark.next = mark;
        return mark;
    }

    Waiter waiter() {
        return linked(waiter);
    }

    Place previous() {
        return linked(previous);
    }

    Place next() {
        return linked(next);
    }

    boolean isBefore(Place other) {
        return next == other;
    }

    void linkAfter(Place place) {
        previous = place;
        next = place.next();
        next.previous = this;
        place.next = this;
    }

    /** The second time this does nothing. */
    void unlink() {
        if (next != null) {
            previous().next = next;
            next.previous = previous;
            next = null;
            previous = null;
        }
    }

    private static <T> T linked(@Nullable T link) {
        if (link == null) {
            throw new IllegalStateException("not linked");
        }
        return link;
    }
}
