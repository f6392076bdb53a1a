package dev.retrykit.spring.idempotency;

import dev.retrykit.spring.idempotency.store.Claim;
import dev.retrykit.spring.idempotency.store.ClaimRequest;
import java.time.Duration;

/**
 * How long things last for the keys of a method.
 *
 * @param ttl how long an answer is kept
 * @param lease how long a holder holds a claim without renewing it
 * @param grace how long after a lease is over the next one may carry out the same again
 * @param hold how long an unfinished claim is kept at least
 */
public record ClaimTimings(Duration ttl, Duration lease, Duration grace, Duration hold) {

    ClaimRequest request(Claim claim, String scope, String fingerprint) {
        return new ClaimRequest(claim, scope, fingerprint, lease, grace, ttl.compareTo(hold) > 0 ? ttl : hold);
    }
}
