package dev.retrykit.internal.timer;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Entries and their times. Any thread sets them: it writes the time, and pushes the entry onto the intake unless it is
 * already there. One thread, the timer's, takes them in, links them in the wheel and fires them. It marks an entry as
 * outside the intake before it reads the time, so that it misses none: either it reads the new time, or the entry is
 * pushed again.
 */
final class Schedule {

    /** A stack without a lock, because a thread that dies could keep a lock. */
    private final AtomicReference<@Nullable TimerEntry> intake = new AtomicReference<>();

    private final Wheel wheel = new Wheel();

    /** May be called by any thread. */
    void set(TimerEntry entry, long when) {
        entry.when = when;
        if (entry.compareAndSet(false, true)) {
            push(entry);
        }
    }

    private void push(TimerEntry entry) {
        TimerEntry top;
        do {
            top = intake.get();
            entry.below = top;
        } while (!intake.compareAndSet(top, entry));
    }

    boolean hasIntake() {
        return intake.get() != null;
    }

    /** Links what was pushed, and fires what is already due. Returns whether there was anything. */
    boolean takeIn(long nowNanos) {
        TimerEntry top = intake.getAndSet(null);
        for (TimerEntry entry = top; entry != null; ) {
            TimerEntry below = entry.below;
            entry.below = null;
            wheel.unlink(entry);
            entry.set(false);
            link(entry, nowNanos);
            entry = below;
        }
        return top != null;
    }

    private void link(TimerEntry entry, long nowNanos) {
        long when = entry.when;
        if (when <= nowNanos) {
            Wheel.fire(entry);
        } else if (when < Wheel.NEVER) {
            wheel.link(entry, when);
        }
    }

    /** Fires what is due. */
    void advance(long nowNanos) {
        wheel.advance(nowNanos);
    }

    /** Shows what the wheel holds; see {@link Wheel#show}. */
    int show(int slot, TimerEntry mark, int most, Consumer<? super TimerEntry> viewer) {
        return wheel.show(slot, mark, most, viewer);
    }

    /** The last level's turn; see {@link Wheel#lastTurn}. */
    long lastTurn() {
        return wheel.lastTurn();
    }

    /** Whether the wheel is empty; the intake may hold something. */
    boolean isEmpty() {
        return wheel.isEmpty();
    }

    long nextNanos() {
        return wheel.nextNanos();
    }
}
