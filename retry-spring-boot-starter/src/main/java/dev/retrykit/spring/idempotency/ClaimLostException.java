package dev.retrykit.spring.idempotency;

import dev.retrykit.failure.RetryHint;
import dev.retrykit.spring.idempotency.store.Claim;

/**
 * A holder that was away for longer than its lease wanted to commit what another one has taken over: it was rolled back. To
 * try again can't help.
 */
public final class ClaimLostException extends RuntimeException implements RetryHint {

    private static final long serialVersionUID = 1;

    /** Of a claim. */
    public ClaimLostException(Claim claim) {
        super("The transaction was rolled back: the claim on the idempotency key " + claim.id()
                + " was taken over, since its lease had ended. The other one decides what becomes of it.");
    }

    @Override
    public boolean retryable() {
        return false;
    }
}
