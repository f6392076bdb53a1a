package dev.retrykit.internal.book;

import dev.retrykit.failure.Verdict;
import dev.retrykit.internal.foreign.PropertyPath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a line that may decide what a failure means. */
interface Clause {

    /**
     * Decides what a failure means.
     *
     * @param failure an instance of the class that the line names
     * @param reading the current judgment
     * @return null if the clause does not apply; {@link #PASS} if no other line is to decide about this failure
     */
    @Nullable
    Verdict decide(Throwable failure, JudgmentContext reading);

    /** Skips the lines of superclasses. */
    Verdict PASS = Meaning.PASS.verdict("pass");

    /** The accessors that it reads, for checks and for native images. */
    default List<PropertyPath> paths() {
        return List.of();
    }
}
