package dev.retrykit.spring.idempotency.store.jdbc;

import dev.retrykit.failure.RetryHint;
import org.jspecify.annotations.Nullable;

/** A transaction of an idempotent call can't be committed together with its claim, and never could be: it was rolled back. */
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
