package dev.retrykit.failure.book;

import dev.retrykit.failure.Verdict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a clause needs to know beyond its own failure: what other failures mean, and the time. */
interface JudgmentContext {

    /** What the causes of a failure mean; null if no line knows them. */
    @Nullable
    Verdict ofCauses(Throwable failure);

    /** What a failure held by the judged one means; null if no line knows it. */
    @Nullable
    Verdict ofAnother(Throwable failure);

    /** Whether a failure reports that the response was 429, or 503 with a time to retry. */
    boolean isRefusal(Throwable failure);

    /** The wall clock, for dates in headers. */
    Instant now();
}
