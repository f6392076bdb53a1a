package dev.retrykit.spring.idempotency;

import dev.retrykit.failure.RetryHint;

/** A store couldn't be asked before a call: nothing was called, so trying again can do no harm. */
public final class StoreDownException extends RuntimeException implements RetryHint {

    private static final long serialVersionUID = 1;

    StoreDownException(String store, Throwable cause) {
        super("The " + store + " store of idempotency keys can't be asked, so nothing was called.", cause);
    }

    @Override
    public boolean retryable() {
        return true;
    }
}
