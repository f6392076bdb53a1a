package dev.retrykit.internal.book;

import dev.retrykit.failure.Verdict;
import dev.retrykit.internal.foreign.PropertyPath;
import java.util.List;

/**
 * A clause that does not decide, but applies wherever its failure is in the cause chain, and whichever rule decides.
 */
interface Change {

    /** Returns the verdict as changed by this failure. */
    Verdict change(Verdict verdict, Throwable failure, JudgmentContext reading);

    /** The accessors that it reads. */
    default List<PropertyPath> paths() {
        return List.of();
    }

    /** Whether it knows the method of the HTTP request that failed. */
    default boolean tellsMethod(Throwable failure) {
        return false;
    }
}
