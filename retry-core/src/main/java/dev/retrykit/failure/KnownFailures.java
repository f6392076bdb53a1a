package dev.retrykit.failure;

import org.jspecify.annotations.Nullable;

/**
 * A classifier of well-known failures of the JDK and common libraries. A policy can switch these classifiers off
 * ({@code known-failures: false}); circuits and budgets still get their signals.
 */
public interface KnownFailures extends FailureClassifier {

    /**
     * Returns the failure that led to another one, if that is not its cause: when a rollback fails too, a transaction
     * manager throws the rollback's failure. The policy's lists and all classifiers then judge the reason, and the failure
     * itself only if the reason is unknown.
     *
     * @param failure the failure of the attempt
     * @return null by default
     */
    default @Nullable Throwable reason(Throwable failure) {
        return null;
    }
}
