package dev.retrykit.spring.idempotency;

import dev.retrykit.failure.RetryHint;

/**
 * Thrown by an idempotent method without HTTP if another call with the same key is in progress or its outcome is
 * unknown. The method was not called; the message should be redelivered later.
 */
public final class KeyInUseException extends RuntimeException implements RetryHint {

    private static final long serialVersionUID = 1;

    /** Creates an exception with a message about the key. */
    public KeyInUseException(String message) {
        super(message);
    }

    @Override
    public boolean retryable() {
        return true;
    }
}
