package dev.retrykit.spring.idempotency.store;

/** A store has no room for another key: nothing was called. */
public final class StoreFullException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** With the reason. */
    public StoreFullException(String message) {
        super(message);
    }
}
