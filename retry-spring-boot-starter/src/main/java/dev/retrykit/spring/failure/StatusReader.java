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
     * Whether an outcome of this class can be one of the client's. A returned value of a class that no reader reads is good. Asked
     * for each value that a call returns: be quick, and make no object. Default true.
     */
    default boolean reads(Class<?> type) {
        return true;
    }
}
