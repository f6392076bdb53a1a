package dev.retrykit.spring.idempotency.store;

import java.util.UUID;

/**
 * The right of one holder to execute the call of a key.
 *
 * @param id the hash of the key
 * @param owner identifies this holder among all earlier and later ones
 */
public record Claim(String id, String owner) {

    /** Returns a claim for a new holder. */
    public static Claim of(String id) {
        return new Claim(id, UUID.randomUUID().toString());
    }
}
