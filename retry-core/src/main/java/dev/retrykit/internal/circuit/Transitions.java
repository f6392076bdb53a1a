package dev.retrykit.internal.circuit;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Notifies a listener of state transitions sequentially, in the order in which they were made. No lock is held
 * meanwhile, and no thread waits: while one thread notifies, others leave their transitions to it.
 */
public final class Transitions<T> {

    /** If a listener does not return, no more transitions than this are kept for it. */
    private static final int MOST_UNTOLD = 10_000;

    private final Consumer<T> listener;

    /** Guarded by this object's lock. */
    private final ArrayDeque<T> untold = new ArrayDeque<>();

    /** Written under this object's lock, except by a thread that is aborted. */
    private volatile boolean telling;

    public Transitions(Consumer<T> listener) {
        this.listener = listener;
    }

    /**
     * Makes a transition, unless another thread was faster.
     *
     * @param maker makes the transition without calling foreign code; returns null if it was not made
     * @return whether it was made
     */
    public synchronized boolean make(Supplier<@Nullable T> maker) {
        T made = maker.get();
        if (made != null) {
            if (untold.size() == MOST_UNTOLD) {
                untold.removeFirst();
            }
            untold.add(made);
        }
        return made != null;
    }

    /** Delivers pending transitions, unless another thread, or an enclosing call on this thread, is doing so. */
    public void tell() {
        if (!begin()) {
            return;
        }
        boolean finished = false;
        try {
            for (T next = next(); next != null; next = next()) {
                tell(next);
            }
            finished = true;
        } finally {
            // a stack overflow in this thread must not prevent others from notifying
            if (!finished) {
                telling = false;
            }
        }
    }

    private synchronized boolean begin() {
        boolean begins = !telling && !untold.isEmpty();
        telling = telling || begins;
        return begins;
    }

    private synchronized @Nullable T next() {
        T next = untold.poll();
        telling = next != null;
        return next;
    }

    private void tell(T transition) {
        try {
            listener.accept(transition);
        } catch (Throwable listenerFailed) {
            // a listener never changes the outcome of a call
        }
    }
}
