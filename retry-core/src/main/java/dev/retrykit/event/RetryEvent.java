package dev.retrykit.event;

import dev.retrykit.failure.Verdict;
import java.time.Duration;
import java.util.Optional;

/** Something that a retrying call did. A call whose first attempt succeeds makes no event. */
public sealed interface RetryEvent {

    /** The policy's name. */
    String policy();

    /** Attempts made so far, the first included. */
    int attempts();

    /** The failure of the last attempt; empty if there was none, or if it returned a value that the policy rejects. */
    Optional<Throwable> failure();

    /**
     * A retry was decided and its delay begins.
     *
     * @param policy the policy's name
     * @param attempts attempts made so far
     * @param failure the failure of the last one
     * @param delay how long the call waits now
     * @param source what made it so long
     */
    record Retrying(String policy, int attempts, Optional<Throwable> failure, Duration delay, DelaySource source)
            implements RetryEvent {}

    /**
     * An attempt failed by an HTTP client whose requests nobody watches, and may be repeated: whether it sent a POST is
     * unknown.
     *
     * @param policy the policy's name
     * @param attempts attempts made so far
     * @param failure the failure of the last one; empty if it returned a value that the policy rejects
     */
    record Unwatched(String policy, int attempts, Optional<Throwable> failure) implements RetryEvent {}

    /**
     * The call ended: other than by a success of its first attempt.
     *
     * @param policy the policy's name
     * @param attempts attempts made
     * @param failure what the caller gets; empty if it gets a value, as with {@link StopReason#SUCCESS}
     * @param reason why it ended
     * @param elapsed from the beginning of the call to its end
     * @param verdict what the last attempt's failure or bad value means; empty if it succeeded or none ended
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
     * Something that an attempt did.
     *
     * @param kind what it is
     * @param what for people, such as {@code POST http://host/path}
     */
    record Effect(SideEffect.Kind kind, String what) {}
}
