package dev.retrykit;

import dev.retrykit.AttemptObserver.Watched;
import dev.retrykit.RetryCounters.AttemptResult;
import dev.retrykit.failure.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/** What an observer sees of one call. Whatever the observer throws, the call goes on as if nobody watched. */
final class Watch {

    private final Retry retry;
    private @Nullable Watched attempt;

    Watch(Retry retry) {
        this.retry = retry;
    }

    void begin(int number) {
        AttemptObserver observer = retry.observer();
        attempt = null;
        if (observer != null) {
            try {
                attempt = observer.isWatching() ? observer.begin(retry.name(), number) : null;
            } catch (Throwable notWatched) {
                // the attempt runs all the same
            }
        }
    }

    /** Runs a body as part of the attempt. */
    <T extends @Nullable Object, X extends Throwable> T run(ThrowingCallable<T, X> body) throws X {
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
