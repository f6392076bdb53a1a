package dev.retrykit.internal.report;

import dev.retrykit.event.AttemptResult;
import dev.retrykit.event.CallOutcome;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.RetryListener;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.Verdict;
import dev.retrykit.internal.decision.Decision.RetryIn;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Notifies the listeners and counters of one retry. Without a listener no event is created; a listener that throws
 * never changes the outcome of a call.
 */
public final class EventPublisher {

    private static final String GIVEN_UP = "an inner policy that gave up";

    private final String policy;
    private final List<RetryListener> listeners;
    private final @Nullable CallCounters counters;

    public EventPublisher(String policy, List<RetryListener> listeners, @Nullable CallCounters counters) {
        this.policy = policy;
        this.listeners = List.copyOf(listeners);
        this.counters = counters;
    }

    /** Whether the duration of a call is needed if its first attempt succeeds. */
    public boolean isTimed() {
        return counters != null;
    }

    public void firstSucceeded(long tookNanos) {
        if (counters != null) {
            counters.addSuccess(tookNanos);
        }
    }

    public void attemptEnded(int attempt, AttemptResult result) {
        if (counters != null && (attempt > 1 || result != AttemptResult.SUCCESS)) {
            counters.addAttempt(attempt, result);
        }
    }

    public void retrying(int attempts, @Nullable Throwable failure, RetryIn retryIn) {
        if (counters != null) {
            counters.addDelay(retryIn.source(), retryIn.delayNanos());
        }
        if (!listeners.isEmpty()) {
            Duration delay = Duration.ofNanos(retryIn.delayNanos());
            tell(new RetryEvent.Retrying(policy, attempts, Optional.ofNullable(failure), delay, retryIn.source()));
        }
    }

    /**
     * Reports a failed attempt.
     *
     * @param failure null if it returned a value that the policy rejects; that is not reported
     * @param givenUp whether an inner call has given up on it
     */
    public void failed(@Nullable Throwable failure, Verdict verdict, boolean givenUp) {
        if (failure != null && !listeners.isEmpty()) {
            Verdict told = givenUp ? verdict.as(Verdict.Kind.NESTED).by(GIVEN_UP) : verdict;
            for (int i = 0; i < listeners.size(); i++) {
                try {
                    listeners.get(i).onFailure(policy, failure, told);
                } catch (Throwable listenerFailed) {
                    // the call continues as if there were no listener
                }
            }
        }
    }

    public void unwatched(int attempts, @Nullable Throwable failure) {
        if (!listeners.isEmpty()) {
            tell(new RetryEvent.Unwatched(policy, attempts, Optional.ofNullable(failure)));
        }
    }

    /** Counts a call that has ended. */
    public void count(CallOutcome outcome, StopReason reason, long tookNanos) {
        if (counters != null) {
            counters.addEnd(outcome, reason, tookNanos);
        }
    }

    /** Whether there are listeners. */
    public boolean isListening() {
        return !listeners.isEmpty();
    }

    public void tell(RetryEvent event) {
        for (RetryListener listener : listeners) {
            try {
                listener.onEvent(event);
            } catch (Throwable listenerFailed) {
                // the call continues as if there were no listener
            }
        }
    }
}
