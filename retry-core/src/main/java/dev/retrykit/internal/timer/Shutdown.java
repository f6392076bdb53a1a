package dev.retrykit.internal.timer;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends what the calls of one retry wait for. Whoever begins to wait can be found from then on, and asks then, for each wait;
 * a shutdown says so first and looks then: one of the two always sees the other. A call that the system's timer holds
 * is found there, and costs nothing before.
 */
public final class Shutdown {

    /** What waits. */
    public interface Waiter {

        /**
         * Ends the wait, if it is one for a retry.
         *
         * @param now whether a running attempt is cancelled too
         */
        void shutDown(boolean now);

        /** Whether this shutdown ends it, if it is found in the system's timer. */
        default boolean isEndedBy(Shutdown shutdown) {
            return false;
        }
    }

    /** Threads that sleep, and calls on a clock that isn't the system's. */
    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();

    /** Whether there may be calls of the retry in the system's timer. */
    private volatile boolean timed;

    private volatile boolean begun;
    private volatile boolean immediate;

    public boolean hasBegun() {
        return begun;
    }

    /** From now on a shutdown finds the waiter. */
    public void add(Waiter waiter) {
        waiters.add(waiter);
    }

    /** From now on a shutdown looks into the system's timer. */
    public void addTimed() {
        if (!timed) {
            timed = true;
        }
    }

    public void remove(Waiter waiter) {
        waiters.remove(waiter);
    }

    /** Lets a waiter whose shutdown came before end its wait. */
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
        // those first that need no timer
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
