package dev.retrykit.circuit;

import dev.retrykit.circuit.CircuitListener.Transition;
import java.util.ArrayDeque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells a listener of a circuit's transitions one after the other, in the order in which they were made. No lock is held
 * meanwhile, and nobody waits: while one thread tells, others leave their transitions to it.
 */
final class Transitions {

    /** What a listener that never returns is not told is kept no longer than this. */
    private static final int MOST_UNTOLD = 10_000;

    private final CircuitListener listener;

    /** Under this object's lock. */
    private final ArrayDeque<Transition> untold = new ArrayDeque<>();

    /** Written under this object's lock, but by a thread that breaks off. */
    private volatile boolean telling;

    Transitions(CircuitListener listener) {
        this.listener = listener;
    }

    /**
     * Makes a transition, unless somebody else was faster.
     *
     * @param maker makes it, calling nothing of others; null if it wasn't made
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

    /** Tells what wasn't told yet, unless another thread, or a call further out on this one, is about to. */
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
            // a thread that ends in a stack overflow must not keep others from telling
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
            // a listener never changes what becomes of a call
        }
    }
}
