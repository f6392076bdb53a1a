package dev.retrykit.budget;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The pointer on the line of earned tokens, in millionths: one word, which a retry moves by one CAS. It is closed
 * before a ledger with other settings replaces it. From then on nothing moves it, so the new ledger misses no spent
 * token.
 */
final class SpentTokens {

    private static final long CLOSED = 1;

    /** Twice the pointer, plus one if it is closed. */
    private final AtomicLong word;

    SpentTokens(long pointer) {
        this.word = new AtomicLong(pointer << 1);
    }

    long pointer() {
        return word.get() >> 1;
    }

    /** Moves the pointer, unless another thread has done so or it is closed. */
    boolean tryMove(long from, long to) {
        return word.compareAndSet(from << 1, to << 1);
    }

    /** Moves the pointer back, unless it is closed. */
    boolean tryMoveBack(long by) {
        for (long seen = word.get(); (seen & CLOSED) == 0; seen = word.get()) {
            if (word.compareAndSet(seen, seen - (by << 1))) {
                return true;
            }
        }
        return false;
    }

    boolean isClosed() {
        return (word.get() & CLOSED) != 0;
    }

    /** Closes the pointer at its position. */
    long close() {
        return word.updateAndGet(seen -> seen | CLOSED) >> 1;
    }
}
