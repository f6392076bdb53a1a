package dev.retrykit.spring.client.blocking;

import dev.retrykit.spring.client.BodyContent;
import dev.retrykit.spring.client.OutgoingRequest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpRequest;

/** Which request the interceptors on this thread work on: what else they send is sent aside, such as the fetch of a token. */
final class InterceptedRequest {

    private static final ThreadLocal<@Nullable HttpRequest> CURRENT = new ThreadLocal<>();

    /** RFC 6749: each request for an access token has this parameter. */
    private static final String GRANT_TYPE = "grant_type=";

    private InterceptedRequest() {}

    /** Has interceptors work on a request. */
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

    /** What sends. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws IOException;
    }

    /** A request as its caller made it. One to the path that interceptors work on may be that one, which they made anew. */
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
