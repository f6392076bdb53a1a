package dev.retrykit.spring.idempotency.endpoint;

import java.security.Principal;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request as it reaches the handler, with all changes that filters made.
 *
 * @param method the HTTP method
 * @param pattern the pattern of the mapping
 * @param path the raw path
 * @param query the raw query; null if there is none
 * @param contentType the header as it was sent; null if there is none
 * @param authority host and port as the caller specified them
 * @param caller the principal; null if unknown
 * @param headers returns the values of a header; empty if it was not sent
 */
public record EndpointRequest(
        String method,
        String pattern,
        String path,
        @Nullable String query,
        @Nullable String contentType,
        String authority,
        @Nullable Principal caller,
        Function<String, List<String>> headers) {

    /** Returns the endpoint's HTTP method and pattern. */
    String route() {
        return method + " " + pattern;
    }
}
