package dev.retrykit.failure.book;

import dev.retrykit.failure.Verdict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whoever judges a failure by lines: it knows what other failures mean, and what time it is. */
interface JudgmentContext {

    /** What the causes of a failure mean; null if nothing knows them. */
    @Nullable
    Verdict ofCauses(Throwable failure);

    /** What another failure means that this one holds; null if nothing knows it. */
    @Nullable
    Verdict ofAnother(Throwable failure);

    /** Whether a failure says that its request was answered 429, or 503 with the time at which to come again. */
    boolean isRefusal(Throwable failure);

    /** The wall clock, for dates in headers. */
    Instant now();
}
