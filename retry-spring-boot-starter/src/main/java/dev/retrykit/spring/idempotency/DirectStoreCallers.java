package dev.retrykit.spring.idempotency;

import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * Callers that ask a store on their own thread, since it has just answered and bounds its steps by itself. Handing a step
 * over to another thread costs nearly as much as the step.
 */
final class DirectStoreCallers {

    /** How long ago the last answer of a store is that is quick. */
    private static final long RECENT_NANOS = Duration.ofMillis(50).toNanos();

    /** How long a call is carried out whose end is told as quickly: a longer one pays for another thread. */
    private static final long SHORT_NANOS = Duration.ofMillis(100).toNanos();

    /** So many callers at most are held up by a store that is gone all at once. */
    private static final int MOST = 16;

    private final IdempotencyStore store;
    private final TimeSource time;
    private final Semaphore callers = new Semaphore(MOST);
    private volatile long lastAnswerNanos;
    private volatile boolean hasAnswered;

    DirectStoreCallers(IdempotencyStore store, TimeSource time) {
        this.store = store;
        this.time = time;
        this.lastAnswerNanos = time.nanoTime();
    }

    /** The store has answered. */
    void answered() {
        lastAnswerNanos = time.nanoTime();
        if (!hasAnswered) {
            hasAnswered = true;
        }
    }

    /** Whether the store has ever answered, but not since a time. */
    boolean isSilentSince(long nanos) {
        return hasAnswered && lastAnswerNanos - nanos < 0;
    }

    /** Lets a caller in, who must leave. */
    boolean tryEnter() {
        return hasAnswered
                && !Thread.currentThread().isInterrupted()
                && time.nanoTime() - lastAnswerNanos < RECENT_NANOS
                && store.boundsItself()
                && callers.tryAcquire();
    }

    /** Lets a caller in who claimed its key at a time. */
    boolean tryEnter(long claimedNanos) {
        return time.nanoTime() - claimedNanos < SHORT_NANOS && tryEnter();
    }

    void leave() {
        callers.release();
    }
}
