package dev.retrykit.internal.engine;

import dev.retrykit.event.AttemptObserver;
import dev.retrykit.event.AttemptObserver.Watched;
import dev.retrykit.event.Scope;
import dev.retrykit.function.ThrowingFunction;
import org.jspecify.annotations.Nullable;

/** Notifies an observer of one attempt. Exceptions of the observer do not affect the call. */
final class AttemptTracer {

    private AttemptTracer() {}

    /** Reports the start of an attempt; null if it is not observed. */
    static @Nullable Watched begin(RetryEngine retry, int number) {
        AttemptObserver observer = retry.observer();
        if (observer == null) {
            return null;
        }
        try {
            return observer.isWatching() ? observer.begin(retry.name(), number) : null;
        } catch (Throwable notWatched) {
            return null;
        }
    }

    /** Wraps a body as part of the attempt. */
    static <C, T extends @Nullable Object, X extends Throwable> ThrowingFunction<C, T, X> around(
            Watched attempt, ThrowingFunction<C, T, X> body) {
        return argument -> run(attempt, argument, body);
    }

    private static <C, T extends @Nullable Object, X extends Throwable> T run(
            Watched attempt, C argument, ThrowingFunction<C, T, X> body) throws X {
        Scope scope = enter(attempt);
        try {
            return body.apply(argument);
        } finally {
            leave(scope);
        }
    }

    private static @Nullable Scope enter(Watched attempt) {
        try {
            return attempt.enter();
        } catch (Throwable notEntered) {
            return null;
        }
    }

    private static void leave(@Nullable Scope scope) {
        try {
            if (scope != null) {
                scope.close();
            }
        } catch (Throwable notLeft) {
            // what the body returned or threw takes precedence
        }
    }

    /** Reports the end of the attempt. */
    static void end(@Nullable Watched attempt, AttemptOutcome outcome) {
        if (attempt != null) {
            try {
                attempt.end(outcome.result(), outcome.failure());
            } catch (Throwable notEnded) {
                // the call continues
            }
        }
    }
}
