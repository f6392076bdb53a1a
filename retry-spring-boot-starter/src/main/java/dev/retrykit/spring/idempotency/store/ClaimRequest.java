package dev.retrykit.spring.idempotency.store;

import java.time.Duration;

/**
 * A request for a claim.
 *
 * @param claim the claim
 * @param scope the owner of the key: a hash of the caller, of an application's expression, or of a method. A bounded
 *     store reserves a share for each scope
 * @param fingerprint the hash of the request's content
 * @param lease how long the claim is held without renewal
 * @param grace how long after the end of a lease another holder may take over the claim
 * @param keep how long an unfinished claim is kept after its lease
 */
public record ClaimRequest(
        Claim claim, String scope, String fingerprint, Duration lease, Duration grace, Duration keep) {

    /** Creates a request in the scope shared by all callers. */
    public ClaimRequest(Claim claim, String fingerprint, Duration lease, Duration grace, Duration keep) {
        this(claim, "", fingerprint, lease, grace, keep);
    }
}
