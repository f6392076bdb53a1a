package dev.retrykit.spring.idempotency;

import dev.retrykit.spring.idempotency.store.StoredState;
import org.jspecify.annotations.Nullable;

/**
 * What to do with a request.
 *
 * @param decision what to do
 * @param found what was found under its key
 * @param claim its claim, if it is to be carried out
 */
public record OpenResult(
        IdempotencyDecision decision,
        StoredState found,
        @Nullable ActiveClaim claim) {}
