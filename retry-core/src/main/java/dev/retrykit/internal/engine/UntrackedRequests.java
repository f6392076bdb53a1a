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
 * Requests of HTTP clients that nobody watches. An attempt in which such a client failed may have sent a POST. Where
 * idempotency keys were asked for, none was sent, so the attempt isn't repeated; elsewhere the listeners are told. Where
 * keys were asked for, that holds beside watched requests, too, if none of them had a key or failed so.
 */
final class UntrackedRequests {

    private UntrackedRequests() {}

    /** What the end of an attempt means, seen with what it did before. */
    static Verdict judge(RetryCall call, @Nullable Throwable failure, Verdict verdict) {
        CompiledPolicy policy = call.policy();
        AttemptView known = call.knownView();
        if (verdict.kind() == Verdict.Kind.RETRYABLE
                && !policy.allows(SideEffect.Kind.UNWATCHED)
                && (known != null || isHttp(failure, verdict, policy))) {
            known = call.view();
            look(known, failure, verdict, policy);
        }
        return known == null ? verdict : known.notes().judge(verdict, policy);
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
            attempt.call().retry().audience().unwatched(attempt.number(), failure);
        }
    }

    /**
     * Whether a failure isn't that of a watched request: those among them that are POST or PATCH have keys. That an answer is
     * unmarked counts only where the call has sent no key, since a caller may have put a key into a request that isn't watched.
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

    /** One that tells its method was judged by that. */
    private static boolean isHttp(@Nullable Throwable failure, Verdict verdict, CompiledPolicy policy) {
        return failure == null
                ? verdict.status() != 0
                : HttpClientFailures.isOne(failure) && !policy.rules().tellsMethod(failure);
    }

    private static String describe(@Nullable Throwable failure, Verdict verdict) {
        return failure == null
                ? "an answer with status " + verdict.status()
                : failure.getClass().getName();
    }
}
