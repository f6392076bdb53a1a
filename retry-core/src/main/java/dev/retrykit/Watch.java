package dev.retrykit;

import dev.retrykit.AttemptObserver.Watched;
import dev.retrykit.RetryCounters.AttemptResult;
import dev.retrykit.failure.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/** What an observer sees of one call. Whatever the observer throws, the call goes on as if nobody watched. */
final class Watch {

    /** For all calls that nobody watches. */
    private static final Watch NOBODYS = new Watch("", null);

    private final String policy;
    private final @Nullable AttemptObserver observer;
    private @Nullable Watched attempt;

    private Watch(String policy, @Nullable AttemptObserver observer) {
        this.policy = policy;
        this.observer = observer;
    }

    static Watch of(Retry retry) {
        AttemptObserver observer = retry.observer();
        return observer == null ? NOBODYS : new Watch(retry.name(), observer);
    }

    void begin(int number) {
        if (observer != null) {
            try {
                attempt = null;
                attempt = observer.isWatching() ? observer.begin(policy, number) : null;
            } catch (Throwable notWatched) {
                // the attempt runs all the same
            }
        }
    }

    /** A body as part of the attempt. */
    <T extends @Nullable Object, X extends Throwable> ThrowingCallable<T, X> around(ThrowingCallable<T, X> body) {
        return observer == null ? body : () -> run(body);
    }

    private <T extends @Nullable Object, X extends Throwable> T run(ThrowingCallable<T, X> body) throws X {
        RetryContext.Scope scope = enter();
        try {
            return body.call();
        } finally {
            leave(scope);
        }
    }

    private RetryContext.@Nullable Scope enter() {
        try {
            return attempt == null ? null : attempt.enter();
        } catch (Throwable notEntered) {
            return null;
        }
    }

    private static void leave(RetryContext.@Nullable Scope scope) {
        try {
            if (scope != null) {
                scope.close();
            }
        } catch (Throwable notLeft) {
            // what the body returned or threw comes first
        }
    }

    void end(AttemptResult result, @Nullable Throwable failure) {
        Watched ended = attempt;
        if (ended != null) {
            attempt = null;
            try {
                ended.end(result, failure);
            } catch (Throwable notEnded) {
                // the call goes on
            }
        }
    }
}
