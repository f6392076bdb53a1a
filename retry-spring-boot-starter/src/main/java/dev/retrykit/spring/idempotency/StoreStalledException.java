package dev.retrykit.spring.idempotency;

/** A store didn't answer in time, or isn't asked since it failed before. Without a stack trace: there can be many. */
final class StoreStalledException extends RuntimeException {

    private static final long serialVersionUID = 1;

    StoreStalledException(String message) {
        super(message, null, false, false);
    }
}
