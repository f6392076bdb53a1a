package dev.retrykit.spring.idempotency.store;

import java.util.UUID;

/**
 * One holder's right to carry out what a key stands for.
 *
 * @param id the hash of the key
 * @param owner tells this holder from all others, earlier and later ones
 */
public record Claim(String id, String owner) {

    /** A new holder's. */
    public static Claim of(String id) {
        return new Claim(id, UUID.randomUUID().toString());
    }
}
