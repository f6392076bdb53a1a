package dev.retrykit;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The calls of one retry that wait for something, so that a shutdown finds them. Whoever begins to wait enlists first and
 * asks then, for each wait; a shutdown says so first and looks then: one of the two always sees the other.
 */
final class Waiters {

    private final Set<Waiter> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean shutDown;
    private volatile boolean shutDownNow;

    /** A call that waits: for the end of a delay, or for an attempt that holds no thread. */
    interface Waiter {

        /**
         * Ends the wait, if it is one for a retry.
         *
         * @param now whether a running attempt is cancelled too
         */
        void shutDown(boolean now);
    }

    /** From now on a shutdown finds the waiter, which may be there already. One that came before ends the wait here. */
    void enlist(Waiter waiter) {
        waiting.add(waiter);
        if (shutDown) {
            waiter.shutDown(shutDownNow);
        }
    }

    void dismiss(Waiter waiter) {
        waiting.remove(waiter);
    }

    int size() {
        return waiting.size();
    }

    boolean areShutDown() {
        return shutDown;
    }

    void shutDown(boolean now) {
        if (now) {
            shutDownNow = true;
        }
        shutDown = true;
        for (Waiter waiter : waiting) {
            waiter.shutDown(shutDownNow);
        }
    }
}
