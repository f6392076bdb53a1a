package dev.retrykit;

import dev.retrykit.failure.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/**
 * What the current thread is inside of: one object per thread, written on the way into an attempt and written back on
 * the way out, so that nothing is made for a first attempt that succeeds.
 */
final class Frame {

    private static final ThreadLocal<Frame> FRAMES = ThreadLocal.withInitial(Frame::new);

    private static final RetryContext.Scope UNCHANGED = () -> {};

    /** Null outside of any attempt; then the other fields mean nothing. */
    @Nullable
    Retry retry;

    long startedNanos;

    /** When the attempt must be over: the end of the time budget or of the attempt timeout. */
    long deadlineNanos;

    /** Null in a first attempt for which nobody needed one yet. */
    @Nullable
    AttemptView attempt;

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

    void set(@Nullable Retry newRetry, long newStarted, long newDeadline, @Nullable AttemptView newAttempt) {
        retry = newRetry;
        startedNanos = newStarted;
        deadlineNanos = newDeadline;
        attempt = newAttempt;
    }

    /** Whether the call around is over before the given time, on the same clock. */
    boolean endsBefore(long otherDeadlineNanos, Retry inner) {
        return retry != null && retry.time() == inner.time() && deadlineNanos - otherDeadlineNanos < 0;
    }

    /** Where an inner call notes that it has given up; null outside of any attempt. */
    @Nullable
    GivenUp enclosing() {
        AttemptView around = attemptInForce();
        return around == null ? null : around.givenUp();
    }

    /** The attempt that this thread is inside of, its call made now if nobody needed it before; null outside of any. */
    @Nullable
    AttemptView attemptInForce() {
        if (attempt == null && retry != null) {
            attempt =
                    RetryCall.ofFirstAttempt(retry, startedNanos, deadlineNanos).view();
        }
        return attempt;
    }

    /** Runs a body as part of an attempt, which must be over at the deadline. */
    <T extends @Nullable Object, X extends Throwable> T run(
            AttemptView around, long attemptDeadlineNanos, ThrowingCallable<T, X> body) throws X {
        Retry outer = retry;
        long outerStarted = startedNanos;
        long outerDeadline = deadlineNanos;
        AttemptView outerAttempt = attempt;
        set(around.call().retry(), around.call().startedNanos(), attemptDeadlineNanos, around);
        try {
            return body.call();
        } finally {
            set(outer, outerStarted, outerDeadline, outerAttempt);
        }
    }

    /** Puts the thread into an attempt, or with null outside of any, until the scope is closed. */
    RetryContext.Scope enter(@Nullable AttemptView around, long attemptDeadlineNanos) {
        if (around == null && retry == null) {
            return UNCHANGED;
        }
        Retry outer = retry;
        long outerStarted = startedNanos;
        long outerDeadline = deadlineNanos;
        AttemptView outerAttempt = attempt;
        if (around == null) {
            set(null, 0, 0, null);
        } else {
            set(around.call().retry(), around.call().startedNanos(), attemptDeadlineNanos, around);
        }
        return () -> set(outer, outerStarted, outerDeadline, outerAttempt);
    }
}
