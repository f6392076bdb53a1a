package dev.retrykit.spring.idempotency.endpoint;

import dev.retrykit.spring.idempotency.ActiveClaim;
import org.jspecify.annotations.Nullable;

/**
 * A request with a key, before the decision about it.
 *
 * @param endpoint the endpoint
 * @param key the key
 * @param request the request as it reached the handler
 * @param fingerprint the hash of its content, including the body
 */
public record KeyedRequest(Endpoint endpoint, String key, EndpointRequest request, String fingerprint) {

    /**
     * Claims the key.
     *
     * @param arguments the arguments for the method; null if they are not resolved yet
     * @return the claim; null if the request may run without one because the store is unavailable
     * @throws RefusedException if the request must not be executed
     */
    public @Nullable ActiveClaim claim(@Nullable Object @Nullable [] arguments) {
        return endpoint.claim(this, arguments);
    }
}
