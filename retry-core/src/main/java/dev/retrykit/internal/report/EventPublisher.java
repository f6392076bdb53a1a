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
 * Who is told what the calls of one retry do. Without a listener no event is made; a listener that throws never changes
 * what becomes of a call.
 */
public final class EventPublisher {

    private static final String GIVEN_UP = "a policy inside that gave up";

    private final String policy;
    private final List<RetryListener> listeners;
    private final @Nullable CallCounters counters;

    public EventPublisher(String policy, List<RetryListener> listeners, @Nullable CallCounters counters) {
        this.policy = policy;
        this.listeners = List.copyOf(listeners);
        this.counters = counters;
    }

    /** Whether it matters how long a call took whose first attempt succeeds. */
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
     * An attempt failed.
     *
     * @param failure null if it returned a value that the policy calls bad, which isn't told
     * @param givenUp whether a call inside has given up on it
     */
    public void failed(@Nullable Throwable failure, Verdict verdict, boolean givenUp) {
        if (failure != null && !listeners.isEmpty()) {
            Verdict told = givenUp ? verdict.as(Verdict.Kind.NESTED).by(GIVEN_UP) : verdict;
            for (int i = 0; i < listeners.size(); i++) {
                try {
                    listeners.get(i).onFailure(policy, failure, told);
                } catch (Throwable listenerFailed) {
                    // the call goes on as if nobody had been told
                }
            }
        }
    }

    public void unwatched(int attempts, @Nullable Throwable failure) {
        if (!listeners.isEmpty()) {
            tell(new RetryEvent.Unwatched(policy, attempts, Optional.ofNullable(failure)));
        }
    }

    /** A call has ended. */
    public void count(CallOutcome outcome, StopReason reason, long tookNanos) {
        if (counters != null) {
            counters.addEnd(outcome, reason, tookNanos);
        }
    }

    /** Whether anybody hears events. */
    public boolean isListening() {
        return !listeners.isEmpty();
    }

    public void tell(RetryEvent event) {
        for (RetryListener listener : listeners) {
            try {
                listener.onEvent(event);
            } catch (Throwable listenerFailed) {
                // the call goes on as if nobody had been told
            }
        }
    }
}
