package dev.retrykit.spring.transaction;

import dev.retrykit.failure.RetryHint;

/** A transaction was to be committed by an attempt that was given up at its time limit: it was rolled back. */
final class AttemptOverException extends RuntimeException implements RetryHint {

    private static final long serialVersionUID = 1;

    AttemptOverException() {
        super("The transaction was rolled back: the attempt that it is part of was given up at its time limit"
                + " (attempt-timeout), and another one may be running.");
    }

    @Override
    public boolean retryable() {
        return false;
    }
}
