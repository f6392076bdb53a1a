package dev.retrykit.spring.idempotency;

import dev.retrykit.failure.RetryHint;

/**
 * An idempotent method without HTTP was called with a key that another call is at, or whose outcome isn't known. Nothing
 * was called: whoever delivers should deliver again, later.
 */
public final class KeyInUseException extends RuntimeException implements RetryHint {

    private static final long serialVersionUID = 1;

    /** With what is known about the key. */
    public KeyInUseException(String message) {
        super(message);
    }

    @Override
    public boolean retryable() {
        return true;
    }
}
