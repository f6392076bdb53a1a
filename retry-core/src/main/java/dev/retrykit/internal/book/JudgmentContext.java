package dev.retrykit.internal.book;

import dev.retrykit.failure.Verdict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a clause needs to know beyond its own failure: what other failures mean, what the policy allows
 * to be repeated, and the time. */
public interface JudgmentContext {

    /** What a failure means that is not examined, because there are too many: it may have had its effect. */
    Verdict UNSEEN = Meaning.UNKNOWN_EFFECT.verdict("more failures than are examined");

    /** What the causes of a failure mean; null if no line knows them. */
    @Nullable
    Verdict ofCauses(Throwable failure);

    /** What a failure held by the judged one means; null if no line knows it. */
    @Nullable
    Verdict ofAnother(Throwable failure);

    /** Whether a failure reports that the response was 429, or 503 with a time to retry. */
    boolean isRefusal(Throwable failure);

    /** Whether any effect of an attempt may happen twice. */
    boolean mayRepeatEffects();

    /** Whether a request may be sent twice whose HTTP method is not idempotent. */
    boolean mayRepeatRequests();

    /** The wall clock, for dates in headers. */
    Instant now();
}
