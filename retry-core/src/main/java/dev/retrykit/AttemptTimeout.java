package dev.retrykit;

import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.failure.ThrowingCallable;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Interrupts the caller's own thread when an attempt takes too long.
 *
 * <p>A thread has one interrupt flag for the timeouts of all attempts it is inside of, and for everybody else. So all
 * of them meet under one lock, the thread's frame: a timer that comes after its attempt does nothing; an attempt that
 * comes after its timer takes the flag back, and sets it again if somebody else had set it before, or if the time of an
 * attempt around it is up too. An interrupt by somebody else that comes after the timer's can't be told from it and is
 * taken back with it. So is one that the timer can't see because the JDK hides it just then, as its class loader does
 * while it reads a class.
 */
final class AttemptTimeout implements Runnable {

    private final Thread thread = Thread.currentThread();
    private final Frame frame = Frame.current();
    private final @Nullable AttemptTimeout outer = frame.timeout;

    // under the frame's lock
    private boolean interrupted;
    private boolean ended;

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
        TimeSource.Scheduled scheduled = timeout.schedule(retry.time(), limitNanos);
        timeout.frame.timeout = timeout;
        T result;
        try {
            result = body.call();
        } catch (Throwable failure) {
            if (timeout.end(scheduled) && !(failure instanceof Error)) {
                throw new AttemptTimeoutException(retry.name(), Duration.ofNanos(limitNanos), failure);
            }
            throw failure;
        }
        timeout.end(scheduled);
        return result;
    }

    /** A timer that has no thread yet may keep a task that it refused, and run it when it gets one. */
    private TimeSource.Scheduled schedule(TimeSource time, long limitNanos) {
        try {
            return time.schedule(this, limitNanos);
        } catch (Throwable refused) {
            end(() -> {});
            throw refused;
        }
    }

    /** The timer's side. */
    @Override
    public void run() {
        synchronized (frame) {
            if (!ended) {
                if (frame.timeoutsInterrupting == 0) {
                    frame.interruptedByOthers = thread.isInterrupted();
                }
                interrupted = true;
                frame.timeoutsInterrupting++;
                thread.interrupt();
            }
        }
    }

    /** The attempt's side: whether the timer was first. */
    private boolean end(TimeSource.Scheduled scheduled) {
        frame.timeout = outer;
        synchronized (frame) {
            ended = true;
            if (interrupted) {
                takeBack();
                return true;
            }
        }
        scheduled.cancel();
        return false;
    }

    private void takeBack() {
        frame.timeoutsInterrupting--;
        if (frame.interruptedByOthers || frame.timeoutsInterrupting > 0) {
            thread.interrupt();
        } else {
            Thread.interrupted();
        }
    }
}
