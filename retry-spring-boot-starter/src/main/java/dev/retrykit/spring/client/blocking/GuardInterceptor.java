package dev.retrykit.spring.client.blocking;

import dev.retrykit.RetryContext;
import dev.retrykit.spring.client.BodyContent;
import dev.retrykit.spring.client.ClientRules;
import dev.retrykit.spring.client.ClientRulesSource;
import dev.retrykit.spring.client.Guard;
import dev.retrykit.spring.client.OutgoingRequest;
import dev.retrykit.spring.client.blocking.body.RepeatableBody;
import dev.retrykit.spring.client.tracking.RequestTracker;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.core.PriorityOrdered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/**
 * The outermost interceptor of a {@code RestClient} or {@code RestTemplate} with interceptors, which hold each body in
 * memory anyway. Sets the idempotency key before other interceptors sign the request, and makes the attempts of the
 * request's guard. For clients without interceptors, their {@linkplain WatchedRequestFactory transport} does that.
 */
final class GuardInterceptor implements ClientHttpRequestInterceptor, PriorityOrdered {

    private final ClientRulesSource source;
    private final @Nullable String group;

    /**
     * Creates an interceptor for the clients of a group.
     *
     * @param group the HTTP service group; null for clients without a group
     */
    GuardInterceptor(ClientRulesSource source, @Nullable String group) {
        this.source = source;
        this.group = group;
    }

    /** Returns the source of the rules. */
    ClientRulesSource source() {
        return source;
    }

    /** A template sorts its interceptors when they are set. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
            throws IOException {
        ClientRules rules = source.get();
        if (rules == null) {
            return execution.execute(request, body);
        }
        Guard guard = rules.guard(request.getURI(), group);
        if (guard == null) {
            return unguarded(rules, request, body, execution);
        }
        AtomicReference<@Nullable AttemptRequest> last = new AtomicReference<>();
        ClientHttpResponse response = new GuardedAttempts(rules, guard)
                .run(
                        request,
                        RepeatableBody.of(body, rules.maxHeldBody(guard, request.getURI())),
                        (headers, attributes) -> {
                            AttemptRequest attempt =
                                    new AttemptRequest(request.getMethod(), request.getURI(), headers, attributes);
                            last.set(attempt);
                            return InterceptedRequest.of(attempt, () -> execution.execute(attempt, body));
                        });
        tell(request, last.get());
        return response;
    }

    /**
     * Copies what other interceptors have added to the request of the last attempt, for those that handle the response.
     */
    private static void tell(HttpRequest request, @Nullable AttemptRequest last) {
        if (last != null) {
            request.getHeaders().putAll(last.headers());
            last.attributes().forEach((name, value) -> {
                if (!name.equals(RequestTracker.ATTRIBUTE)) {
                    request.getAttributes().put(name, value);
                }
            });
        }
    }

    private static ClientHttpResponse unguarded(
            ClientRules rules, HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
            throws IOException {
        Optional<RetryContext> attempt = RetryContext.currentForRequests();
        OutgoingRequest outgoing =
                OutgoingRequest.of(rules, InterceptedRequest.message(request, BodyContent.of(body)), attempt, null);
        outgoing.tell(request.getHeaders(), attempt);
        RequestTracker exchange = outgoing.begin(attempt);
        request.getAttributes().put(RequestTracker.ATTRIBUTE, exchange);
        return GuardedAttempts.watch(
                        exchange, () -> InterceptedRequest.of(request, () -> execution.execute(request, body)))
                .response();
    }

    /** The request of one attempt. */
    private record AttemptRequest(HttpMethod method, URI uri, HttpHeaders headers, Map<String, Object> attributes)
            implements HttpRequest {

        @Override
        public HttpMethod getMethod() {
            return method;
        }

        @Override
        public URI getURI() {
            return uri;
        }

        @Override
        public HttpHeaders getHeaders() {
            return headers;
        }

        @Override
        public Map<String, Object> getAttributes() {
            return attributes;
        }
    }
}
