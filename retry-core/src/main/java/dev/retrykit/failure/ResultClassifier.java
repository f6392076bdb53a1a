package dev.retrykit.failure;

import org.jspecify.annotations.Nullable;

/** Tells which returned values are failures in disguise, such as an answer with status 503. Thread-safe, and quick. */
@FunctionalInterface
public interface ResultClassifier {

    /**
     * What a returned value means.
     *
     * @return the verdict on a bad value, or null for a good one. If this method throws, the value is returned as it
     *     came and the call ends as not retryable.
     */
    @Nullable
    Verdict classify(@Nullable Object result);

    /**
     * The HTTP status of a returned value, be it good or bad. Circuits that record statuses ask for it.
     *
     * @return 100 to 599, or 0 if it has none
     */
    default int status(@Nullable Object result) {
        return 0;
    }
}
