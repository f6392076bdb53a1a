package dev.retrykit.failure;

import org.jspecify.annotations.Nullable;

/** Tells what a failure means, or leaves it to the next classifier. Thread-safe, and quick. */
@FunctionalInterface
public interface FailureClassifier {

    /**
     * What the failure means.
     *
     * @return the verdict, or null for "no opinion". What this method throws ends the call as not retryable; the
     *     caller still gets the failure of the attempt.
     */
    @Nullable
    Verdict classify(Throwable failure);

    /** The classifier for the JDK's own failures: network, timeouts. It looks through the whole cause chain. */
    static FailureClassifier jdk() {
        KnownFailures known = JdkFailures::classify;
        return known;
    }
}
