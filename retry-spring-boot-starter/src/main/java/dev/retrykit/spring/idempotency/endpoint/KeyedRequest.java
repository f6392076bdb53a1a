package dev.retrykit.spring.idempotency.endpoint;

/**
 * A request with a key, before the decision about it.
 *
 * @param key the key
 * @param request the request as it reached the handler
 * @param fingerprint the hash of its content, including the body
 */
public record KeyedRequest(String key, EndpointRequest request, String fingerprint) {}
