package dev.retrykit.failure.book;

import dev.retrykit.failure.Verdict;
import java.util.List;

/** A part of a line that decides nothing, but counts wherever in a cause chain its failure stands, and whoever decides. */
interface Change {

    /**
     * The verdict as the failure leaves it.
     *
     * @param may what may be repeated all the same
     */
    Verdict change(Verdict verdict, Throwable failure, Repeatable may, JudgmentContext reading);

    /** The accessors that it needs. */
    default List<PropertyPath> paths() {
        return List.of();
    }

    /** Whether it knows the method of the HTTP request that failed. */
    default boolean tellsMethod(Throwable failure) {
        return false;
    }
}
