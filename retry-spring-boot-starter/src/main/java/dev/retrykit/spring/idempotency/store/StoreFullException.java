package dev.retrykit.spring.idempotency.store;

/** Thrown if a store has no room for another key. The method was not called. */
public final class StoreFullException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** Creates an exception with the reason. */
    public StoreFullException(String message) {
        super(message);
    }
}
