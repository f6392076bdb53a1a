package dev.retrykit;

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

    /** The call around, which an inner call tells when it gives up. */
    @Nullable
    RetryCall enclosing() {
        if (call == null && retry != null) {
            call = RetryCall.ofFirstAttempt(retry, startedNanos, deadlineNanos);
        }
        return call;
    }
}
