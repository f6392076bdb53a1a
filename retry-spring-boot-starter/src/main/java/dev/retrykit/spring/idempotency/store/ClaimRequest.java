package dev.retrykit.spring.idempotency.store;

import java.time.Duration;

/**
 * What a holder asks a store for.
 *
 * @param claim its claim
 * @param scope whose key it is: a hash of the caller, of what an application named, or of a method. A store that is bounded
 *     gives each scope a share
 * @param fingerprint what the request consists of
 * @param lease for how long it is the holder if it doesn't renew
 * @param grace how long after a lease is over another holder may take the claim
 * @param keep for how long an unfinished claim is kept after its lease
 */
public record ClaimRequest(
        Claim claim, String scope, String fingerprint, Duration lease, Duration grace, Duration keep) {

    /** In a scope that all share. */
    public ClaimRequest(Claim claim, String fingerprint, Duration lease, Duration grace, Duration keep) {
        this(claim, "", fingerprint, lease, grace, keep);
    }
}
