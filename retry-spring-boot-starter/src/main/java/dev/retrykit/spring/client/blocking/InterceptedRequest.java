package dev.retrykit.spring.client.blocking;

import dev.retrykit.spring.client.BodyContent;
import dev.retrykit.spring.client.OutgoingRequest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpRequest;

/**
 * Tracks the request that interceptors on this thread process. Other requests that they send are auxiliary, such as
 * fetching a token.
 */
final class InterceptedRequest {

    private static final ThreadLocal<@Nullable HttpRequest> CURRENT = new ThreadLocal<>();

    /** RFC 6749: every request for an access token has this parameter. */
    private static final String GRANT_TYPE = "grant_type=";

    private InterceptedRequest() {}

    /** Runs interceptors for a request. */
    static <T> T of(HttpRequest request, Work<T> interceptors) throws IOException {
        HttpRequest outer = CURRENT.get();
        CURRENT.set(request);
        try {
            return interceptors.run();
        } finally {
            if (outer == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(outer);
            }
        }
    }

    /** The work that sends the request. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws IOException;
    }

    /**
     * Describes a request as its caller made it. A request to the same path as the one being processed may be a new
     * copy of it made by an interceptor, so it does not count as fetching a token.
     */
    static OutgoingRequest.Message message(HttpRequest request, BodyContent body) {
        HttpRequest outer = CURRENT.get();
        boolean fetchesToken = outer != null
                && OutgoingRequest.Message.isForm(request.getHeaders())
                && !path(outer).equals(path(request))
                && body.contains(GRANT_TYPE);
        return new OutgoingRequest.Message(
                request.getMethod(), request.getURI(), request.getHeaders(), body, fetchesToken);
    }

    private static String path(HttpRequest request) {
        return String.valueOf(request.getURI().getRawPath());
    }
}
