package dev.retrykit;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a method that is being retried can know about the call it is part of. A snapshot. */
public final class RetryContext {

    private final String policy;
    private final int attempt;
    private final @Nullable Throwable lastFailure;
    private final Duration timeLeft;

    private RetryContext(String policy, int attempt, @Nullable Throwable lastFailure, Duration timeLeft) {
        this.policy = policy;
        this.attempt = attempt;
        this.lastFailure = lastFailure;
        this.timeLeft = timeLeft;
    }

    /** The innermost attempt that this thread is in; empty outside of any. */
    public static Optional<RetryContext> current() {
        Frame frame = Frame.current();
        Retry retry = frame.retry;
        if (retry == null) {
            return Optional.empty();
        }
        RetryCall call = frame.call;
        return Optional.of(new RetryContext(
                retry.name(),
                call == null ? 1 : call.attempt(),
                call == null ? null : call.lastFailure(),
                Duration.ofNanos(Math.max(0, frame.deadlineNanos - retry.time().nanoTime()))));
    }

    /** The policy's name. */
    public String policy() {
        return policy;
    }

    /** 1 in the first attempt. */
    public int attempt() {
        return attempt;
    }

    /** The failure of the attempt before this one. */
    public Optional<Throwable> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }

    /** Until this attempt's timeout or the end of the time budget, whichever comes first; never negative. */
    public Duration timeLeft() {
        return timeLeft;
    }
}
