package dev.retrykit.failure;

import org.jspecify.annotations.Nullable;

/**
 * Decides what a failure means, or leaves it to the next classifier. Must be thread-safe and fast.
 *
 * <pre>{@code
 * FailureClassifier classifier = failure ->
 *         failure instanceof StockException stock && stock.isTemporary() ? Verdict.retryable() : null;
 * RetryPolicy policy = RetryPolicy.builder().classifier(classifier).build();
 * }</pre>
 */
@FunctionalInterface
public interface FailureClassifier {

    /**
     * Classifies a failure.
     *
     * @return the verdict, or null for "no opinion". An exception ends the call as not retryable; the caller still gets
     *     the failure of the attempt.
     */
    @Nullable
    Verdict classify(Throwable failure);

    /**
     * Returns the classifier for the JDK's own failures: network failures and timeouts. It reads the whole cause chain.
     */
    static FailureClassifier jdk() {
        KnownFailures known = JdkFailures::classify;
        return known;
    }
}
