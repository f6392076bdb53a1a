package dev.retrykit;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The interrupts of a thread by attempts in one another that haven't ended: twice their number, plus one if the flag was
 * set already when the first of them came.
 */
final class Interrupts extends AtomicInteger {

    private static final long serialVersionUID = 1;

    private static final int BY_OTHERS = 1;
    private static final int ONE = 2;

    /** By the thread, outside of all attempts: what a stack overflow has kept from being ended has ended. */
    void reset() {
        if (getPlain() != 0) {
            set(0);
        }
    }

    void begin(Thread thread) {
        int before;
        int after;
        do {
            before = get();
            after = before + ONE;
            if (before == 0 && thread.isInterrupted()) {
                after += BY_OTHERS;
            }
        } while (!compareAndSet(before, after));
    }

    /** By the thread. Whoever comes after the number has gone down to zero must find the flag as others want it. */
    void end() {
        boolean byOthers = (get() & BY_OTHERS) != 0;
        if (byOthers) {
            Thread.currentThread().interrupt();
        } else {
            Thread.interrupted();
        }
        int left = updateAndGet(number -> number - ONE == BY_OTHERS ? 0 : number - ONE);
        if (left != 0) {
            Thread.currentThread().interrupt();
        }
    }
}
