package dev.retrykit.spring.failure.http;

import org.jspecify.annotations.Nullable;

/** Reads the responses in the exceptions and return values of one HTTP client. */
@FunctionalInterface
public interface StatusReader {

    /**
     * Reads the response.
     *
     * @param outcome what an attempt threw, one of its causes, or what it returned
     * @return null if the outcome is not the client's
     */
    @Nullable
    Answer answer(Object outcome);

    /**
     * Whether an outcome of this class can be the client's. A returned value of a class without a reader is a success.
     * Called for each returned value, so it must be fast and must not allocate. Default true.
     */
    default boolean reads(Class<?> type) {
        return true;
    }
}
