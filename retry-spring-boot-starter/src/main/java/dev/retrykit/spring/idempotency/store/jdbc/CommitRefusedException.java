package dev.retrykit.spring.idempotency.store.jdbc;

import dev.retrykit.failure.RetryHint;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if a transaction of an idempotent call cannot be committed together with its claim, now or at a retry. The
 * transaction was rolled back.
 */
public final class CommitRefusedException extends RuntimeException implements RetryHint {

    private static final long serialVersionUID = 1;

    CommitRefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public boolean retryable() {
        return false;
    }
}
