package dev.retrykit.spring.idempotency.endpoint;

import dev.retrykit.spring.idempotency.ActiveClaim;
import org.jspecify.annotations.Nullable;

/**
 * A request with a key that nobody has decided about yet.
 *
 * @param endpoint the endpoint that it reached
 * @param key its key
 * @param request what is known of it
 * @param fingerprint what it consists of, body included
 */
public record KeyedRequest(Endpoint endpoint, String key, EndpointRequest request, String fingerprint) {

    /**
     * Claims its key.
     *
     * @param arguments what the method would be called with; null if they aren't resolved yet
     * @return the claim; null if the request runs without one, because the store is down and it may
     * @throws RefusedException if it isn't to be carried out
     */
    public @Nullable ActiveClaim claim(@Nullable Object @Nullable [] arguments) {
        return endpoint.claim(this, arguments);
    }
}
