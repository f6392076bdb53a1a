package dev.retrykit.internal.timer;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends what the calls of one retry wait for. A call that starts to wait registers first and then checks for a shutdown,
 * for each wait; a shutdown is announced first and then looks for waiting calls. So one of the two always sees the
 * other. A call in the system timer is found there, which costs nothing beforehand.
 */
public final class Shutdown {

    /** A waiting thread or call. */
    public interface Waiter {

        /**
         * Ends the wait, if it is one for a retry.
         *
         * @param now whether a running attempt is cancelled too
         */
        void shutDown(boolean now);

        /** Whether this shutdown ends it, if it is found in the system timer. */
        default boolean isEndedBy(Shutdown shutdown) {
            return false;
        }
    }

    /** Threads that sleep, and calls on a clock other than the system clock. */
    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();

    /** Whether there may be calls of the retry in the system timer. */
    private volatile boolean timed;

    private volatile boolean begun;
    private volatile boolean immediate;

    public boolean hasBegun() {
        return begun;
    }

    /** Registers the waiter, so that a shutdown finds it. */
    public void add(Waiter waiter) {
        waiters.add(waiter);
    }

    /** Makes a shutdown search the system timer from now on. */
    public void addTimed() {
        if (!timed) {
            timed = true;
        }
    }

    public void remove(Waiter waiter) {
        waiters.remove(waiter);
    }

    /** Ends the waiter's wait if the shutdown came first. */
    public void ask(Waiter waiter) {
        if (begun) {
            waiter.shutDown(immediate);
        }
    }

    public void begin(boolean now) {
        if (now) {
            immediate = true;
        }
        begun = true;
        // first those that need no timer
        waiters.forEach(waiter -> waiter.shutDown(immediate));
        inTimer().forEach(waiter -> waiter.shutDown(immediate));
    }

    public List<Waiter> waiting() {
        List<Waiter> all = inTimer();
        all.addAll(waiters);
        return all;
    }

    private List<Waiter> inTimer() {
        List<Waiter> found = new ArrayList<>();
        if (timed) {
            Timer.system().show(entry -> {
                if (entry instanceof Waiter call && call.isEndedBy(this)) {
                    found.add(call);
                }
            });
        }
        return found;
    }
}
