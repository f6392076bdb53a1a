package dev.retrykit.failure;

import org.jspecify.annotations.Nullable;

/**
 * Decides which returned values are failures, such as a response with status 503. Must be thread-safe and fast.
 *
 * <pre>{@code
 * ResultClassifier classifier = result ->
 *         result instanceof Job job && job.isPending() ? Verdict.retryable() : null;
 * RetryPolicy policy = RetryPolicy.builder().resultClassifier(classifier).build();
 * }</pre>
 */
@FunctionalInterface
public interface ResultClassifier {

    /**
     * Classifies a returned value.
     *
     * @return the verdict on a bad value, or null for a good one. If this method throws, the value is returned
     *     unchanged and the call ends as not retryable.
     */
    @Nullable
    Verdict classify(@Nullable Object result);

    /**
     * The HTTP status of a returned value, whether good or bad. Circuits that record statuses read it.
     *
     * @return 100 to 599, or 0 if it has none
     */
    default int status(@Nullable Object result) {
        return 0;
    }
}
