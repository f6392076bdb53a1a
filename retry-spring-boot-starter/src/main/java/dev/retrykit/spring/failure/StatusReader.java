package dev.retrykit.spring.failure;

import java.util.OptionalInt;

/** Knows the exceptions and the return values by which one HTTP client reports an answer. */
@FunctionalInterface
public interface StatusReader {

    /**
     * The status of the answer.
     *
     * @param outcome what an attempt threw, a cause of it, or what it returned
     * @return empty if the outcome isn't one of the client's
     */
    OptionalInt status(Object outcome);
}
