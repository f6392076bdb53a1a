package dev.retrykit.internal.book;

import dev.retrykit.failure.Verdict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The context of a clause beyond its own failure: the meaning of other failures, the effects that the policy allows to be
 * repeated, and the time. */
public interface JudgmentContext {

    /** The verdict on a failure that is not examined, because there are too many: it may have had its effect. */
    Verdict UNSEEN = Meaning.UNKNOWN_EFFECT.verdict("more failures than are examined");

    /** The verdict on the causes of a failure; null if no line knows them. */
    @Nullable
    Verdict ofCauses(Throwable failure);

    /** The verdict on a failure that the judged one holds; null if no line knows it. */
    @Nullable
    Verdict ofAnother(Throwable failure);

    /** Whether a failure reports that the response was 429, or 503 with a time to retry. */
    boolean isRefusal(Throwable failure);

    /** Whether a failure reports that the request was answered, with whatever status. */
    boolean isAnswered(Throwable failure);

    /** Whether any effect of an attempt may happen twice. */
    boolean mayRepeatEffects();

    /** Whether a request may be sent twice whose HTTP method is not idempotent. */
    boolean mayRepeatRequests();

    /** The wall clock, for dates in headers. */
    Instant now();
}
