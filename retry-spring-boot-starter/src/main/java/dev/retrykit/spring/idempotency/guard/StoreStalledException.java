package dev.retrykit.spring.idempotency.guard;

/**
 * Thrown if a store did not respond in time, or is not in use after earlier failures. Has no stack trace, because there
 * can be many.
 */
public final class StoreStalledException extends RuntimeException {

    private static final long serialVersionUID = 1;

    StoreStalledException(String message) {
        super(message, null, false, false);
    }
}
