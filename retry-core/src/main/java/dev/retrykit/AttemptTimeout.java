package dev.retrykit;

import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.failure.ThrowingCallable;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Interrupts the caller's own thread when an attempt takes too long.
 *
 * <p>The timer and the attempt race for one word. If the attempt ends first, the timer does nothing any more. If the
 * timer is first, the attempt waits the moment it takes the timer to set the flag, and takes the flag back: so no
 * interrupt ever comes after the attempt. An interrupt by somebody else that comes after the timer's can't be told from
 * it and is taken back too.
 */
final class AttemptTimeout implements Runnable {

    private static final int RUNNING = 0;
    private static final int INTERRUPTING = 1;
    private static final int INTERRUPTED = 2;
    private static final int ENDED = 3;

    private final Thread thread = Thread.currentThread();
    private final AtomicInteger state = new AtomicInteger();
    private volatile boolean interruptedBefore;

    private AttemptTimeout() {}

    /**
     * Runs the body.
     *
     * @param limitNanos how long it may take, in nanoseconds
     * @throws AttemptTimeoutException if it took longer and threw an exception then
     * @throws X what it throws in time; a result that comes late is a result
     */
    static <T extends @Nullable Object, X extends Throwable> T call(
            Retry retry, long limitNanos, ThrowingCallable<T, X> body) throws X {
        AttemptTimeout timeout = new AttemptTimeout();
        TimeSource.Scheduled scheduled = retry.time().schedule(timeout, limitNanos);
        try {
            T result = body.call();
            timeout.end(scheduled);
            return result;
        } catch (Throwable failure) {
            if (timeout.end(scheduled) && !(failure instanceof Error)) {
                throw new AttemptTimeoutException(retry.name(), Duration.ofNanos(limitNanos), failure);
            }
            throw failure;
        }
    }

    /** The timer's side. */
    @Override
    public void run() {
        if (state.compareAndSet(RUNNING, INTERRUPTING)) {
            interruptedBefore = thread.isInterrupted();
            thread.interrupt();
            state.set(INTERRUPTED);
        }
    }

    /** The attempt's side: whether the timer was first. */
    private boolean end(TimeSource.Scheduled scheduled) {
        if (state.compareAndSet(RUNNING, ENDED)) {
            scheduled.cancel();
            return false;
        }
        while (state.get() == INTERRUPTING) {
            Thread.onSpinWait();
        }
        if (interruptedBefore) {
            thread.interrupt();
        } else {
            boolean takenBack = Thread.interrupted();
            assert takenBack || !thread.isInterrupted();
        }
        return true;
    }
}
