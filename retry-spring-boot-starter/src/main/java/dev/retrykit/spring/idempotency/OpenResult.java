package dev.retrykit.spring.idempotency;

import dev.retrykit.spring.idempotency.store.StoredState;
import org.jspecify.annotations.Nullable;

/**
 * The decision about a request.
 *
 * @param decision what to do
 * @param found the state stored for the key
 * @param claim the claim, if the request is to be executed
 */
public record OpenResult(
        IdempotencyDecision decision,
        StoredState found,
        @Nullable ActiveClaim claim) {}
