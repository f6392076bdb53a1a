package dev.retrykit;

import dev.retrykit.time.TimeSource;
import java.util.ArrayList;
import java.util.List;

/**
 * The calls of one retry that wait for something, so that a shutdown finds them and so does the end of their time. Whoever
 * begins to wait enlists first and asks then, for each wait; a shutdown says so first and looks then: one of the two
 * always sees the other.
 */
final class Waiters {

    private final TimeSource time;

    /** A ring from here on. With its monitor, which no thread keeps that dies of a stack overflow. */
    private final Place start = Place.mark();

    private volatile boolean shutDown;
    private volatile boolean shutDownNow;

    Waiters(TimeSource time) {
        this.time = time;
    }

    /** A call that waits: for the end of a delay, or for an attempt that holds no thread. */
    interface Waiter {

        /**
         * Ends the wait, if it is one for a retry.
         *
         * @param now whether a running attempt is cancelled too
         */
        void shutDown(boolean now);

        /** On the timer, once: the deadline is here. Short, never blocks, calls no code of others. */
        void timeIsOver();
    }

    /** From now on a shutdown finds the waiter; its deadline is its own affair. */
    Place enlist(Waiter waiter) {
        Place place = new Place(waiter);
        synchronized (start) {
            place.linkAfter(start);
        }
        return place;
    }

    /** From now on a shutdown finds the waiter, and so does the timer when it is time. If the timer fails, so does this. */
    Place enlist(Waiter waiter, long deadlineNanos) {
        Place place = enlist(waiter);
        try {
            place.await(time, deadlineNanos);
        } catch (Throwable refused) {
            dismiss(place);
            throw refused;
        }
        return place;
    }

    /** Lets a waiter whose shutdown came before end its wait. */
    void ask(Waiter waiter) {
        if (shutDown) {
            waiter.shutDown(shutDownNow);
        }
    }

    void dismiss(Place place) {
        if (place.left) {
            return;
        }
        synchronized (start) {
            place.unlink();
            place.left = true;
        }
        Step.cancel(place.deadline);
    }

    int size() {
        return all().size();
    }

    boolean areShutDown() {
        return shutDown;
    }

    void shutDown(boolean now) {
        if (now) {
            shutDownNow = true;
        }
        shutDown = true;
        for (Waiter waiter : all()) {
            waiter.shutDown(shutDownNow);
        }
    }

    private List<Waiter> all() {
        List<Waiter> all = new ArrayList<>();
        synchronized (start) {
            for (Place place = start.next(); place != start; place = place.next()) {
                all.add(place.waiter());
            }
        }
        return all;
    }
}
