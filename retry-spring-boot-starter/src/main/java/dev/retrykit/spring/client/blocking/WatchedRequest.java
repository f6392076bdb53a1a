package dev.retrykit.spring.client.blocking;

import dev.retrykit.RetryContext;
import dev.retrykit.spring.client.BodyContent;
import dev.retrykit.spring.client.ClientRules;
import dev.retrykit.spring.client.OutgoingRequest;
import dev.retrykit.spring.client.blocking.body.InspectedBody;
import dev.retrykit.spring.client.tracking.CurrentRequest;
import dev.retrykit.spring.client.tracking.RequestTracker;
import dev.retrykit.spring.client.tracking.TransportFact;
import dev.retrykit.spring.failure.http.Answer;
import dev.retrykit.spring.failure.http.SpringAnswers;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpResponse;

/** A request that is tracked by the tracker of an interceptor, or by its own if there is none. */
class WatchedRequest implements ClientHttpRequest {

    private final ClientHttpRequest request;
    private final WatchedRequestFactory factory;
    private @Nullable InspectedBody content;
    private final ClientRules rules;
    private boolean bodyIsAskedFor;
    private boolean bodyIsWritten;
    private volatile @Nullable RequestTracker exchange;

    WatchedRequest(ClientHttpRequest request, WatchedRequestFactory factory, ClientRules rules) {
        this.request = request;
        this.factory = factory;
        this.rules = rules;
    }

    @Override
    public ClientHttpResponse execute() throws IOException {
        if (getAttributes().get(RequestTracker.ATTRIBUTE) instanceof RequestTracker begun) {
            watch(begun);
            return receive(begun);
        }
        Optional<RetryContext> attempt = RetryContext.currentForRequests();
        OutgoingRequest outgoing = OutgoingRequest.of(
                rules,
                InterceptedRequest.message(this, content == null ? BodyContent.UNKNOWN : content),
                attempt,
                null);
        outgoing.tell(getHeaders(), attempt);
        RequestTracker own = outgoing.begin(attempt);
        watch(own);
        getAttributes().put(RequestTracker.ATTRIBUTE, own);
        return GuardedAttempts.watch(own, () -> sendChecked(own)).response();
    }

    private ClientHttpResponse sendChecked(RequestTracker sent) throws IOException {
        if (content != null) {
            content.check();
        }
        return send(sent);
    }

    /**
     * Sends the request for interceptors of the application, which run between this request and the owner of the
     * tracker.
     */
    private ClientHttpResponse receive(RequestTracker begun) throws IOException {
        begun.sentByInterceptors();
        try {
            ClientHttpResponse response = send(begun);
            Answer answer = SpringAnswers.of(response.getStatusCode().value(), response.getHeaders());
            begun.received(answer.status(), answer.headers());
            return response;
        } catch (IOException | RuntimeException failure) {
            begun.lost(failure);
            throw failure;
        }
    }

    private ClientHttpResponse send(RequestTracker sent) throws IOException {
        RequestTracker outer = CurrentRequest.begin(sent);
        try {
            ClientHttpResponse response = sendOnce(sent);
            JdkRedirects.tell(response, sent);
            SimpleRedirects.tell(response, sent);
            return response;
        } finally {
            CurrentRequest.end(outer);
        }
    }

    /** Sends the request once. Resends it only over a stale connection, if the transport cannot do that on its own. */
    private ClientHttpResponse sendOnce(RequestTracker sent) throws IOException {
        ClientHttpRequest next = request;
        while (true) {
            try {
                return next.execute();
            } catch (IOException | RuntimeException failure) {
                if (!sent.mayResend(getMethod(), failure, this::withdraw)) {
                    throw failure;
                }
                next = again(factory.transport());
            }
        }
    }

    /** Whether the transport may resend the request on its own. */
    boolean isRepeatable() {
        return true;
    }

    /**
     * Stops this request from sending anything.
     *
     * @return whether {@link #again} creates the same request
     */
    boolean withdraw() {
        return !bodyIsWritten;
    }

    /** Creates the same request again. */
    ClientHttpRequest again(ClientHttpRequestFactory transport) throws IOException {
        ClientHttpRequest again = transport.createRequest(getURI(), getMethod());
        again.getHeaders().putAll(getHeaders());
        again.getAttributes().putAll(getAttributes());
        return again;
    }

    private void watch(RequestTracker begun) {
        exchange = begun;
        begun.connection().repeatsIf(this::isRepeatable);
        if (!factory.redirects()) {
            begun.report(TransportFact.STAYS_HERE);
        }
        if (bodyIsAskedFor) {
            begun.report(TransportFact.TELLS_REACHED);
        }
    }

    /** Reports that the transport reads the body only after it has connected. */
    void bodyIsAskedFor() {
        bodyIsAskedFor = true;
    }

    /** Sets the content of the body, which can be read before it is sent. */
    void content(InspectedBody known) {
        content = known;
    }

    void reached() {
        RequestTracker begun = exchange;
        if (begun != null) {
            begun.report(TransportFact.REACHED);
        }
    }

    @Override
    public OutputStream getBody() throws IOException {
        bodyIsWritten = true;
        return request.getBody();
    }

    @Override
    public HttpMethod getMethod() {
        return request.getMethod();
    }

    @Override
    public URI getURI() {
        return request.getURI();
    }

    @Override
    public HttpHeaders getHeaders() {
        return request.getHeaders();
    }

    @Override
    public Map<String, Object> getAttributes() {
        return request.getAttributes();
    }
}
