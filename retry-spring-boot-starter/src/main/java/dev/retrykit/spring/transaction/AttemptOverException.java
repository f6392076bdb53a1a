package dev.retrykit.spring.transaction;

import dev.retrykit.failure.RetryHint;

/** Thrown when an attempt that was abandoned at its timeout tries to commit a transaction, which is rolled back. */
final class AttemptOverException extends RuntimeException implements RetryHint {

    private static final long serialVersionUID = 1;

    AttemptOverException() {
        super("The transaction was rolled back, because its attempt was abandoned at its timeout (attempt-timeout) and"
                + " another attempt may be running.");
    }

    @Override
    public boolean retryable() {
        return false;
    }
}
