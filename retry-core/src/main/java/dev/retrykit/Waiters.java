package dev.retrykit;

import dev.retrykit.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one retry that wait for something, so that a shutdown finds them and so does the end of their time. Whoever
 * begins to wait enlists first and asks then, for each wait; a shutdown says so first and looks then: one of the two
 * always sees the other.
 *
 * <p>Calls of one policy reach their deadlines about in the order in which they begin. So one task on the timer, for the
 * earliest, does for all of them. Who comes with a deadline that is far from its turn (an inner call, a policy that was changed)
 * has a task of its own, so that nobody searches for long.
 */
final class Waiters {

    /** How many later deadlines an earlier one may pass on its way to its turn. */
    private static final int NEAR = 16;

    private final TimeSource time;
    private final Lock lock = new ReentrantLock();

    /** A ring from here: whom no deadline concerns, this mark, then the others, the earliest deadline first. */
    private final Place start = Place.mark();

    private final Place timed = Place.mark();

    /** The task that is on the timer, or about to be. Changed with the lock. */
    private volatile @Nullable Expiry expiry;

    private volatile boolean shutDown;
    private volatile boolean shutDownNow;

    Waiters(TimeSource time) {
        this.time = time;
        timed.linkAfter(start);
    }

    /** A call that waits: for the end of a delay, or for an attempt that holds no thread. */
    interface Waiter {

        /**
         * Ends the wait, if it is one for a retry.
         *
         * @param now whether a running attempt is cancelled too
         */
        void shutDown(boolean now);

        /** On the timer, once: the deadline is here. */
        void timeIsOver();
    }

    /** From now on a shutdown finds the waiter; its deadline is its own affair. */
    Place enlist(Waiter waiter) {
        Place place = new Place(waiter, 0);
        lock.lock();
        try {
            place.linkAfter(start);
        } finally {
            lock.unlock();
        }
        return place;
    }

    /** From now on a shutdown finds the waiter, and so does the timer when it is time. If the timer fails, so does this. */
    Place enlist(Waiter waiter, long deadlineNanos) {
        Place place = new Place(waiter, deadlineNanos);
        Expiry earlier = null;
        Expiry later = null;
        boolean alone;
        lock.lock();
        try {
            Place before = lastUntil(deadlineNanos);
            alone = before == null;
            place.linkAfter(before == null ? start : before);
            later = expiry;
            if (!alone && (later == null || timed.next().deadlineNanos - later.nanos < 0)) {
                earlier = new Expiry(timed.next().deadlineNanos);
                expiry = earlier;
            }
        } finally {
            lock.unlock();
        }
        try {
            if (alone) {
                place.task = time.schedule(() -> tell(place), deadlineNanos - time.nanoTime());
            } else if (earlier != null) {
                earlier.begin(later);
            }
        } catch (Throwable refused) {
            dismiss(place);
            throw refused;
        }
        return place;
    }

    private static void tell(Place place) {
        place.over = true;
        Step.quietly(place.waiter()::timeIsOver);
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
        Expiry needless = null;
        lock.lock();
        try {
            place.unlink();
            place.left = true;
            if (timed.isBefore(start)) {
                needless = expiry;
                expiry = null;
            }
        } finally {
            lock.unlock();
        }
        Step.cancel(place.task);
        if (needless != null) {
            needless.cancel();
        }
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
        lock.lock();
        try {
            for (Place place = start.next(); place != start; place = place.next()) {
                if (place != timed) {
                    all.add(place.waiter());
                }
            }
        } finally {
            lock.unlock();
        }
        return all;
    }

    /** Null if that is far from the end. */
    private @Nullable Place lastUntil(long deadlineNanos) {
        Place place = start.previous();
        for (int steps = 0; steps < NEAR; steps++) {
            if (place == timed || place.deadlineNanos - deadlineNanos <= 0) {
                return place;
            }
            place = place.previous();
        }
        return null;
    }

    /** Ends the time of whoever has reached a deadline, and waits for the next one. */
    private final class Expiry implements Runnable {

        private final long nanos;

        /** Whether it has fired, or never will. With the lock. */
        private boolean spent;

        private volatile TimeSource.@Nullable Scheduled scheduled;

        Expiry(long nanos) {
            this.nanos = nanos;
        }

        /** Instead of another one, which goes on if the timer refuses this. */
        void begin(@Nullable Expiry later) {
            try {
                scheduled = time.schedule(this, nanos - time.nanoTime());
            } catch (Throwable refused) {
                leaveTo(later);
                throw refused;
            }
            if (later != null) {
                later.cancel();
            }
            if (expiry != this) {
                cancel();
            }
        }

        private void leaveTo(@Nullable Expiry later) {
            lock.lock();
            try {
                spent = true;
                if (expiry == this) {
                    expiry = later == null || later.spent ? null : later;
                }
            } finally {
                lock.unlock();
            }
        }

        void cancel() {
            Step.cancel(scheduled);
        }

        @Override
        public void run() {
            List<Place> due = new ArrayList<>();
            Expiry next = null;
            lock.lock();
            try {
                spent = true;
                takeOut(due);
                if (expiry == this) {
                    next = timed.isBefore(start) ? null : new Expiry(timed.next().deadlineNanos);
                    expiry = next;
                }
            } finally {
                lock.unlock();
            }
            due.forEach(Waiters::tell);
            if (next != null) {
                next.begin(null);
            }
        }

        /** A shutdown still finds them. */
        private void takeOut(List<Place> due) {
            long now = time.nanoTime();
            for (Place place = timed.next(); place != start && place.deadlineNanos - now <= 0; place = timed.next()) {
                due.add(place);
                place.unlink();
                place.linkAfter(start);
            }
        }
    }
}
