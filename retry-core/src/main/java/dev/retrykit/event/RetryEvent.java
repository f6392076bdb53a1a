package dev.retrykit.event;

import dev.retrykit.failure.Verdict;
import java.time.Duration;
import java.util.Optional;

/** Something that a retrying call did. A call whose first attempt succeeds publishes no event. */
public sealed interface RetryEvent {

    /** The name of the policy. */
    String policy();

    /** The number of attempts so far, including the first. */
    int attempts();

    /**
     * The failure of the last attempt; empty if there was none, or if the attempt returned a value that the policy
     * rejects.
     */
    Optional<Throwable> failure();

    /**
     * A retry was decided, and its delay begins.
     *
     * @param policy the policy's name
     * @param attempts the number of attempts so far
     * @param failure the failure of the last attempt
     * @param delay how long the call waits now
     * @param source what decided the length of the delay
     */
    record Retrying(String policy, int attempts, Optional<Throwable> failure, Duration delay, DelaySource source)
            implements RetryEvent {}

    /**
     * An attempt failed in an HTTP client that is not watched, and may be repeated: it is unknown whether it sent a
     * POST.
     *
     * @param policy the policy's name
     * @param attempts the number of attempts so far
     * @param failure the failure of the last attempt; empty if it returned a value that the policy rejects
     */
    record Unwatched(String policy, int attempts, Optional<Throwable> failure) implements RetryEvent {}

    /**
     * The call ended, other than by a success of its first attempt.
     *
     * @param policy the policy's name
     * @param attempts the number of attempts
     * @param failure what the caller gets; empty if the caller gets a value, as with {@link StopReason#SUCCESS}
     * @param reason why the call ended
     * @param elapsed the duration of the call
     * @param verdict what the last attempt's failure or rejected value means; empty if that attempt succeeded or no
     *     attempt ended
     * @param sideEffect what the last attempt did that must not happen twice, if that is why the call ended
     */
    record Ended(
            String policy,
            int attempts,
            Optional<Throwable> failure,
            StopReason reason,
            Duration elapsed,
            Optional<Verdict> verdict,
            Optional<Effect> sideEffect)
            implements RetryEvent {}

    /**
     * An effect of an attempt.
     *
     * @param kind the kind of the effect
     * @param what a description, such as {@code POST http://host/path}
     */
    record Effect(SideEffect.Kind kind, String what) {}
}
