package dev.retrykit.internal.thread;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the interrupts of one thread by nested attempts that have not ended, in one word: whether the flag was already
 * set when the first of them came (bit 0), their number (bits 1 to 15), and how many have ended (the other bits). The
 * last part makes the CAS of {@link #begin} fail if an interrupt came and went after the flag was read.
 */
public final class Interrupts extends AtomicInteger {

    private static final long serialVersionUID = 1;

    private static final int BY_OTHERS = 1;
    private static final int ONE = 1 << 1;
    private static final int NUMBER = 0xFFFE;
    private static final int ENDED = 1 << 16;

    /** Called by the thread outside all attempts. Ends what could not end because of a stack overflow. */
    public void reset() {
        if (hasAny(getPlain())) {
            set((get() & ~(NUMBER | BY_OTHERS)) + ENDED);
        }
    }

    public boolean hasAny() {
        return hasAny(get());
    }

    private static boolean hasAny(int word) {
        return (word & NUMBER) != 0;
    }

    public void begin(Thread thread) {
        int before;
        int after;
        do {
            before = get();
            after = before + ONE;
            if (!hasAny(before) && thread.isInterrupted()) {
                after += BY_OTHERS;
            }
        } while (!compareAndSet(before, after));
    }

    /** Called by the thread. Before the number becomes zero, the flag must be in the state that other code has set. */
    public void end() {
        boolean byOthers = (get() & BY_OTHERS) != 0;
        if (byOthers) {
            Thread.currentThread().interrupt();
        } else {
            Thread.interrupted();
        }
        if (hasAny(updateAndGet(Interrupts::withoutOne))) {
            Thread.currentThread().interrupt();
        }
    }

    private static int withoutOne(int word) {
        int rest = word - ONE + ENDED;
        return hasAny(rest) ? rest : rest & ~BY_OTHERS;
    }
}
