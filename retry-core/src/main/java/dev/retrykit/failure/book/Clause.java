package dev.retrykit.failure.book;

import dev.retrykit.failure.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a line that may decide what a failure means. */
interface Clause {

    /**
     * What it says of a failure.
     *
     * @param failure of the class that the line names
     * @param reading the judgement that asks
     * @return null if it says nothing; {@link #PASS} if nothing else shall be asked about the failure itself
     */
    @Nullable
    Verdict decide(Throwable failure, JudgmentContext reading);

    /** The lines of superclasses aren't asked. */
    Verdict PASS = Meaning.PASS.verdict("pass");

    /** The accessors that it needs, for checks and for native images. */
    default List<PropertyPath> paths() {
        return List.of();
    }
}
