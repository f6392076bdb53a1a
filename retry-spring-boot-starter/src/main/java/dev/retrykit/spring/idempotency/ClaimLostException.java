package dev.retrykit.spring.idempotency;

import dev.retrykit.failure.RetryHint;
import dev.retrykit.spring.idempotency.store.Claim;

/**
 * Thrown if a holder whose lease had expired tries to commit after another call took over its claim. The transaction
 * is rolled back; retrying cannot help.
 */
public final class ClaimLostException extends RuntimeException implements RetryHint {

    private static final long serialVersionUID = 1;

    /** Creates an exception for a claim. */
    public ClaimLostException(Claim claim) {
        super("The transaction was rolled back, because the claim on the idempotency key " + claim.id()
                + " was taken over by another call after its lease had expired. The other call"
                + " determines the outcome.");
    }

    @Override
    public boolean retryable() {
        return false;
    }
}
