package dev.retrykit.internal.engine;

import dev.retrykit.event.SideEffect;
import dev.retrykit.failure.HttpClientFailures;
import dev.retrykit.failure.Verdict;
import dev.retrykit.internal.attempt.AttemptRecord;
import dev.retrykit.internal.attempt.IdempotencyKeyBase;
import dev.retrykit.internal.attempt.RecordedSideEffect;
import dev.retrykit.internal.decision.AnswerNotes;
import dev.retrykit.internal.decision.CompiledPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Requests of HTTP clients that are not watched. An attempt in which such a client failed may have sent a POST. If
 * idempotency keys were asked for, that request had none, so the attempt is not repeated; otherwise the listeners are
 * notified. If keys were asked for, this also applies beside watched requests, unless one of them had a key or failed
 * with this failure.
 */
final class UnwatchedRequests {

    private UnwatchedRequests() {}

    /** Records a request that the attempt may have sent, before the attempt is judged. */
    static void record(RetryCall call, @Nullable Throwable failure, Verdict verdict) {
        CompiledPolicy policy = call.policy();
        if (verdict.kind() == Verdict.Kind.RETRYABLE
                && !policy.allows(SideEffect.Kind.UNWATCHED)
                && (call.knownView() != null || isHttp(failure, verdict, policy))) {
            look(call.view(), failure, verdict, policy);
        }
    }

    private static void look(AttemptView attempt, @Nullable Throwable failure, Verdict verdict, CompiledPolicy policy) {
        AttemptRecord notes = attempt.notes();
        boolean keysWanted = IdempotencyKeyBase.isWantedIn(notes);
        if (notes.has(SideEffect.Kind.WATCHED)) {
            if (keysWanted && !notes.has(SideEffect.Kind.WITH_KEY) && isOfAnother(notes, failure, verdict)) {
                note(attempt, failure, verdict, true);
            }
        } else if ((policy.maxAttempts() > 1 || keysWanted) && isHttp(failure, verdict, policy)) {
            note(attempt, failure, verdict, keysWanted);
        }
    }

    private static void note(AttemptView attempt, @Nullable Throwable failure, Verdict verdict, boolean keysWanted) {
        AttemptRecord notes = attempt.notes();
        if (keysWanted) {
            notes.add(new RecordedSideEffect(notes, SideEffect.Kind.UNWATCHED, describe(failure, verdict)));
        } else {
            attempt.call().retry().events().unwatched(attempt.number(), failure);
        }
    }

    /**
     * Whether a failure does not come from a watched request; POST and PATCH among those have keys. An unmarked
     * response counts only if the call has sent no key, because a caller may have put a key into a request that is not
     * watched.
     */
    private static boolean isOfAnother(AttemptRecord notes, @Nullable Throwable failure, Verdict verdict) {
        AnswerNotes answers = notes.answers();
        if (failure == null || answers.hasFailure(failure) || answers.hasMarkOf(failure)) {
            return false;
        }
        boolean otherStatus = verdict.status() != 0 && !answers.hasStatus(verdict.status());
        return HttpClientFailures.isOfForeign(failure)
                || HttpClientFailures.isLost(failure)
                || otherStatus && HttpClientFailures.isOne(failure)
                || !notes.key().hasSent() && answers.lacksMarkOf(failure);
    }

    /** A failure that reports its HTTP method was already judged by it. */
    private static boolean isHttp(@Nullable Throwable failure, Verdict verdict, CompiledPolicy policy) {
        return failure == null
                ? verdict.status() != 0
                : HttpClientFailures.isOne(failure) && !policy.rules().tellsMethod(failure);
    }

    private static String describe(@Nullable Throwable failure, Verdict verdict) {
        return failure == null
                ? "a response with status " + verdict.status()
                : failure.getClass().getName();
    }
}
