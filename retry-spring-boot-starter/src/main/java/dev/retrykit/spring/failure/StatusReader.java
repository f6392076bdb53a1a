package dev.retrykit.spring.failure;

import org.jspecify.annotations.Nullable;

/** Knows the exceptions and the return values by which one HTTP client reports an answer. */
@FunctionalInterface
public interface StatusReader {

    /**
     * The answer.
     *
     * @param outcome what an attempt threw, a cause of it, or what it returned
     * @return null if the outcome isn't one of the client's
     */
    @Nullable
    Answer answer(Object outcome);

    /**
     * Whether what is of this class can be one of the client's outcomes. Returned values of other classes are good, and
     * nobody is asked about them again.
     */
    default boolean reads(Class<?> type) {
        return true;
    }
}
