package dev.retrykit.spring.idempotency.guard;

import dev.retrykit.failure.RetryHint;

/** Thrown if a store is unavailable before a call. The method was not called, so a retry is safe. */
public final class StoreDownException extends RuntimeException implements RetryHint {

    private static final long serialVersionUID = 1;

    public StoreDownException(String store, Throwable cause) {
        super("The " + store + " store of idempotency keys is unavailable, so the method was not called.", cause);
    }

    @Override
    public boolean retryable() {
        return true;
    }
}
