package dev.retrykit.spring.client.blocking;

import dev.retrykit.spring.client.ClientRules;
import dev.retrykit.spring.client.Guard;
import dev.retrykit.spring.client.blocking.body.RepeatableBody;
import dev.retrykit.spring.client.tracking.RequestTracker;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.AbstractStreamingClientHttpRequest;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.util.StreamUtils;

/** A request to a guarded host. Each attempt is a separate request of the transport. */
final class GuardedRequest extends AbstractStreamingClientHttpRequest {

    private final WatchedRequestFactory factory;
    private final ClientRules rules;
    private final Guard guard;
    private final URI uri;
    private final HttpMethod method;

    GuardedRequest(WatchedRequestFactory factory, ClientRules rules, Guard guard, URI uri, HttpMethod method) {
        this.factory = factory;
        this.rules = rules;
        this.guard = guard;
        this.uri = uri;
        this.method = method;
    }

    @Override
    public HttpMethod getMethod() {
        return method;
    }

    @Override
    public URI getURI() {
        return uri;
    }

    @Override
    protected ClientHttpResponse executeInternal(HttpHeaders headers, @Nullable Body body) throws IOException {
        if (getAttributes().get(RequestTracker.ATTRIBUTE) instanceof RequestTracker) {
            // an interceptor makes the attempts
            return send(headers, getAttributes(), body);
        }
        RepeatableBody repeatable = RepeatableBody.of(body, headers, rules.maxHeldBody(guard, uri));
        return new GuardedAttempts(rules, guard)
                .run(
                        this,
                        repeatable,
                        (own, attributes) -> send(sized(own, repeatable), attributes, repeatable.body()));
    }

    /** Sets the length of a body in memory, so that it is not sent in chunks. */
    private static HttpHeaders sized(HttpHeaders headers, RepeatableBody body) {
        byte[] bytes = body.bytes();
        if (bytes != null
                && bytes.length > 0
                && headers.getContentLength() < 0
                && !headers.containsHeader(HttpHeaders.TRANSFER_ENCODING)) {
            headers.setContentLength(bytes.length);
        }
        return headers;
    }

    private ClientHttpResponse send(HttpHeaders headers, Map<String, Object> attributes, @Nullable Body body)
            throws IOException {
        ClientHttpRequest request = factory.watched(uri, method, rules);
        request.getHeaders().putAll(headers);
        request.getAttributes().putAll(attributes);
        if (body != null && request instanceof StreamingHttpOutputMessage streaming) {
            streaming.setBody(body);
        } else if (body != null) {
            body.writeTo(StreamUtils.nonClosing(request.getBody()));
        }
        return request.execute();
    }
}
