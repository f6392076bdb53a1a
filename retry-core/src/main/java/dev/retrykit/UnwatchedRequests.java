package dev.retrykit;

import dev.retrykit.failure.HttpClientFailures;
import dev.retrykit.failure.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * Requests of HTTP clients that nobody watches. An attempt in which such a client failed may have sent a POST. Where
 * idempotency keys were asked for, none was sent, so the attempt isn't repeated; elsewhere the listeners are told.
 */
final class UnwatchedRequests {

    private UnwatchedRequests() {}

    /** What the end of an attempt means, seen with what it did before. */
    static Verdict judge(AttemptView attempt, @Nullable Throwable failure, Verdict verdict, RetryPolicy policy) {
        if (verdict.kind() == Verdict.Kind.RETRYABLE
                && !attempt.notes().has(SideEffect.Kind.WATCHED)
                && !policy.allows(SideEffect.Kind.UNWATCHED)
                && (policy.maxAttempts() > 1 || CallKey.isWantedIn(attempt.notes()))
                && isHttp(failure, verdict)) {
            note(attempt, failure, verdict);
        }
        return attempt.notes().judge(verdict, policy);
    }

    private static void note(AttemptView attempt, @Nullable Throwable failure, Verdict verdict) {
        AttemptNotes notes = attempt.notes();
        if (CallKey.isWantedIn(notes)) {
            notes.add(new SideEffect(notes, SideEffect.Kind.UNWATCHED, describe(failure, verdict)));
        } else {
            attempt.call().retry().audience().unwatched(attempt.number(), failure);
        }
    }

    private static boolean isHttp(@Nullable Throwable failure, Verdict verdict) {
        return failure == null ? verdict.status() != 0 : HttpClientFailures.isOne(failure);
    }

    private static String describe(@Nullable Throwable failure, Verdict verdict) {
        return failure == null
                ? "an answer with status " + verdict.status()
                : failure.getClass().getName();
    }
}
