package dev.retrykit.spring.idempotency;

import dev.retrykit.spring.idempotency.store.Claim;
import dev.retrykit.spring.idempotency.store.ClaimRequest;
import java.time.Duration;

/**
 * The time limits for the keys of a method.
 *
 * @param ttl how long a response is stored
 * @param lease how long a claim is held without renewal
 * @param grace how long after the end of a lease another request may run the call again
 * @param hold the minimum time for which an unfinished claim is kept
 */
public record ClaimTimings(Duration ttl, Duration lease, Duration grace, Duration hold) {

    ClaimRequest request(Claim claim, String scope, String fingerprint) {
        return new ClaimRequest(claim, scope, fingerprint, lease, grace, ttl.compareTo(hold) > 0 ? ttl : hold);
    }
}
