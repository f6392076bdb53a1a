package dev.retrykit.circuit;

import dev.retrykit.circuit.CircuitListener.Transition;
import java.util.ArrayDeque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Notifies a listener of a circuit's transitions sequentially, in the order in which they were made. No lock is held
 * meanwhile, and no thread waits: while one thread notifies, others leave their transitions to it.
 */
final class Transitions {

    /** If a listener does not return, no more transitions than this are kept for it. */
    private static final int MOST_UNTOLD = 10_000;

    private final CircuitListener listener;

    /** Guarded by this object's lock. */
    private final ArrayDeque<Transition> untold = new ArrayDeque<>();

    /** Written under this object's lock, except by a thread that is aborted. */
    private volatile boolean telling;

    Transitions(CircuitListener listener) {
        this.listener = listener;
    }

    /**
     * Makes a transition, unless another thread was faster.
     *
     * @param maker makes the transition without calling foreign code; returns null if it was not made
     * @return whether it was made
     */
    synchronized boolean make(Supplier<@Nullable Transition> maker) {
        Transition made = maker.get();
        if (made != null) {
            if (untold.size() == MOST_UNTOLD) {
                untold.removeFirst();
            }
            untold.add(made);
        }
        return made != null;
    }

    /** Delivers pending transitions, unless another thread, or an enclosing call on this thread, is doing so. */
    void tell() {
        if (!begin()) {
            return;
        }
        boolean finished = false;
        try {
            for (Transition next = next(); next != null; next = next()) {
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

    private synchronized @Nullable Transition next() {
        Transition next = untold.poll();
        telling = next != null;
        return next;
    }

    private void tell(Transition transition) {
        try {
            listener.onTransition(transition);
        } catch (Throwable listenerFailed) {
            // a listener never changes the outcome of a call
        }
    }
}
