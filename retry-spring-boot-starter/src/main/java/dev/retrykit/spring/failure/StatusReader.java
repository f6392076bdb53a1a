package dev.retrykit.spring.failure;

import java.util.OptionalInt;

/** Knows the exceptions by which one HTTP client reports an answer of 400 or more. */
@FunctionalInterface
public interface StatusReader {

    /** The status of the answer; empty if the failure isn't one of the client's. */
    OptionalInt status(Throwable failure);
}
