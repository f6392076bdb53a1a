package dev.retrykit.spring.idempotency.guard;

import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * Limits the callers that use a store on their own thread, which is allowed if the store has responded recently and
 * bounds its steps itself. Handing a step over to another thread costs nearly as much as the step.
 */
final class DirectStoreCallers {

    /** Maximum age of the last response of a responsive store. */
    private static final long RECENT_NANOS = Duration.ofMillis(50).toNanos();

    /**
     * Maximum duration of a call whose end is recorded on the caller's thread; a longer call can afford the handover.
     */
    private static final long SHORT_NANOS = Duration.ofMillis(100).toNanos();

    /** Maximum number of callers that a store can block when it stops responding. */
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

    /** Records a response of the store. */
    void answered() {
        lastAnswerNanos = time.nanoTime();
        if (!hasAnswered) {
            hasAnswered = true;
        }
    }

    /** Whether the store has ever responded, but not since a time. */
    boolean isSilentSince(long nanos) {
        return hasAnswered && lastAnswerNanos - nanos < 0;
    }

    /** Admits a caller, which must leave. */
    boolean tryEnter() {
        return hasAnswered
                && !Thread.currentThread().isInterrupted()
                && time.nanoTime() - lastAnswerNanos < RECENT_NANOS
                && store.boundsItself()
                && callers.tryAcquire();
    }

    /** Admits a caller that claimed its key at the given time. */
    boolean tryEnter(long claimedNanos) {
        return time.nanoTime() - claimedNanos < SHORT_NANOS && tryEnter();
    }

    void leave() {
        callers.release();
    }
}
