package dev.retrykit.internal.timer;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A time limit that one thread sets and ends again and again, at the cost of two writes to memory that no other thread
 * writes meanwhile.
 *
 * <p>The entry stays in the timer when the limit ends. The timer checks it at the time for which it was armed, or after
 * a second if that is sooner, and arms it again if there is a limit by then. So an entry whose thread no longer has a
 * limit is gone within a second. The thread arms it only if the timer would check too late.
 *
 * <p>The thread writes the state and then reads when the timer will check; the timer writes that it will not check and
 * then reads the state. So one of the two always sees the other.
 */
public abstract class Limit extends TimerEntry {

    private static final long serialVersionUID = 1;

    private static final int SET = 1;
    private static final int REACHED = 2;
    private static final int PHASES = 3;
    private static final int NEXT = 4;

    private static final long LOOK_NANOS = 1_000_000_000;

    /** How often it was set, and in the lowest bits whether it is set or was reached; otherwise it has ended. */
    private final transient AtomicLong state = new AtomicLong();

    /** On the timer's clock. Written before the state says that it is set; a reader checks the state again. */
    private transient long due;

    private final transient Arming timer;

    /** Creates a limit that is not set. */
    protected Limit(Timer timer) {
        this.timer = timer.arming;
    }

    Limit(Arming timer) {
        this.timer = timer;
    }

    /**
     * Sets the limit, on the timer's clock.
     *
     * @param fromNanos when it begins, by {@link System#nanoTime()}
     * @param limitNanos its length; zero or more
     */
    protected final void begin(long fromNanos, long limitNanos) {
        long from = timer.of(fromNanos);
        due = Wheel.after(from, limitNanos);
        advance();
        if (when > due) {
            timer.set(this, Math.min(due, from + LOOK_NANOS));
        }
    }

    /**
     * Sets the limit without the timer: it is {@linkplain #tryReach reached} when other code reports so, with the
     * returned value.
     */
    protected final long begin() {
        due = Wheel.NEVER;
        return advance();
    }

    private long advance() {
        long next = (state.getPlain() & ~PHASES) + NEXT + SET;
        state.set(next);
        return next;
    }

    /**
     * Ends the limit. Called by the thread that has set it; returns whether it was not reached before. May be called
     * repeatedly.
     */
    protected final boolean end() {
        long seen = state.get();
        return (seen & PHASES) == 0 || (seen & PHASES) == SET && state.compareAndSet(seen, seen - SET);
    }

    /** Called by any thread: whether the limit is reached now, and neither ended nor set again before. */
    protected final boolean tryReach(long set) {
        return state.compareAndSet(set, set - SET + REACHED);
    }

    @Override
    protected final void fire() {
        long seen;
        do {
            when = Wheel.NEVER;
            seen = state.get();
            if ((seen & PHASES) != SET) {
                return;
            }
            look(seen);
        } while (state.get() != seen);
    }

    private void look(long seen) {
        long now = timer.now();
        long next = due;
        if (next <= now) {
            next = isTold(seen) ? Wheel.NEVER : now + Wheel.TICK_NANOS;
        }
        if (next != Wheel.NEVER) {
            timer.set(this, Math.min(next, now + LOOK_NANOS));
        }
    }

    /** If memory is too low, the notification is repeated. */
    private boolean isTold(long seen) {
        try {
            due(seen);
            return true;
        } catch (Throwable notTold) {
            return false;
        }
    }

    /**
     * Runs on the timer: the time of the limit has come, unless it was set again just now. Must be short and
     * non-blocking, and must not call foreign code.
     *
     * @param set the value for {@link #tryReach}
     */
    protected abstract void due(long set);
}
