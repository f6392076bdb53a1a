package dev.retrykit;

import dev.retrykit.failure.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/**
 * What the current thread is inside of: one object per thread, written on the way into an attempt and written back on
 * the way out, so that nothing is made for a first attempt that succeeds.
 */
final class Frame {

    private static final ThreadLocal<Frame> FRAMES = ThreadLocal.withInitial(Frame::new);

    /** Null outside of any attempt; then the other fields mean nothing. */
    @Nullable
    Retry retry;

    long startedNanos;

    /** When the attempt must be over: the end of the time budget or of the attempt timeout. */
    long deadlineNanos;

    /** Null in a first attempt for which nobody needed one yet. */
    @Nullable
    RetryCall call;

    /** The innermost attempt of this thread that is interrupted at its limit. */
    @Nullable
    AttemptTimeout timeout;

    /** Attempts around this point that were interrupted and haven't ended. Under this object's lock: timers ask too. */
    int timeoutsInterrupting;

    /** Whether the flag was set already when the first of those came. Under the same lock. */
    boolean interruptedByOthers;

    private Frame() {}

    static Frame current() {
        return FRAMES.get();
    }

    void set(@Nullable Retry newRetry, long newStarted, long newDeadline, @Nullable RetryCall newCall) {
        retry = newRetry;
        startedNanos = newStarted;
        deadlineNanos = newDeadline;
        call = newCall;
    }

    /** Whether the call around is over before the given time, on the same clock. */
    boolean endsBefore(long otherDeadlineNanos, Retry inner) {
        return retry != null && retry.time() == inner.time() && deadlineNanos - otherDeadlineNanos < 0;
    }

    /** Where an inner call notes that it has given up; null outside of any attempt. */
    @Nullable
    GivenUp enclosing() {
        RetryCall around = callInForce();
        return around == null ? null : around.givenUp();
    }

    /** The call that this thread is inside of, made now if nobody needed it before; null outside of any attempt. */
    @Nullable
    RetryCall callInForce() {
        if (call == null && retry != null) {
            call = RetryCall.ofFirstAttempt(retry, startedNanos, deadlineNanos);
        }
        return call;
    }

    /** Runs a body as part of an attempt of the call, which must be over at the deadline. */
    <T extends @Nullable Object, X extends Throwable> T run(
            RetryCall attempted, long attemptDeadlineNanos, ThrowingCallable<T, X> body) throws X {
        Retry outer = retry;
        long outerStarted = startedNanos;
        long outerDeadline = deadlineNanos;
        RetryCall outerCall = call;
        set(attempted.retry(), attempted.startedNanos(), attemptDeadlineNanos, attempted);
        try {
            return body.call();
        } finally {
            set(outer, outerStarted, outerDeadline, outerCall);
        }
    }
}
