package dev.retrykit.spring.client.blocking;

import dev.retrykit.RetryContext;
import dev.retrykit.spring.client.ClientRules;
import dev.retrykit.spring.client.Guard;
import dev.retrykit.spring.client.GuardedResponse;
import dev.retrykit.spring.client.LargeBodies;
import dev.retrykit.spring.client.OutgoingRequest;
import dev.retrykit.spring.client.blocking.body.DiscardedResponse;
import dev.retrykit.spring.client.blocking.body.RepeatableBody;
import dev.retrykit.spring.client.tracking.RequestTracker;
import dev.retrykit.spring.failure.http.Answer;
import dev.retrykit.spring.failure.http.SpringAnswers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Makes the attempts of a guard for one request. Each attempt sends the request as the caller made it: headers and
 * attributes added by one attempt are not part of the next.
 */
record GuardedAttempts(ClientRules rules, Guard guard) {

    private static final int LOWEST_FAILURE = 400;

    /** Sends one attempt. */
    @FunctionalInterface
    interface Sender {
        ClientHttpResponse send(HttpHeaders headers, Map<String, Object> attributes) throws IOException;
    }

    ClientHttpResponse run(HttpRequest request, RepeatableBody body, Sender sender) throws IOException {
        OutgoingRequest outgoing = OutgoingRequest.of(
                rules, InterceptedRequest.message(request, body.content()), RetryContext.currentForRequests(), guard);
        try {
            return run(outgoing, request, body, sender);
        } finally {
            outgoing.ended();
        }
    }

    private ClientHttpResponse run(OutgoingRequest outgoing, HttpRequest request, RepeatableBody body, Sender sender)
            throws IOException {
        return guard.engine(request.getURI())
                .<GuardedResponse<ClientHttpResponse>, IOException>call(() -> {
                    Optional<RetryContext> attempt = RetryContext.current();
                    boolean succeeded = false;
                    try {
                        GuardedResponse<ClientHttpResponse> answered = attempt(outgoing, request, attempt, sender);
                        attempt.ifPresent(context -> context.onRetry(answered::discard));
                        succeeded = answered.answer().status() < LOWEST_FAILURE;
                        return answered;
                    } finally {
                        if (body.isLost() || !succeeded && !body.isRepeatable()) {
                            attempt.ifPresent(context -> forbidRetry(context, request, body));
                        }
                    }
                })
                .response();
    }

    /** Prevents a retry because the body cannot be sent again. */
    private void forbidRetry(RetryContext attempt, HttpRequest request, RepeatableBody body) {
        long limit = rules.maxHeldBody(guard, request.getURI());
        if (limit >= 0) {
            attempt.forbidRetry();
            LargeBodies.warn(request.getMethod(), request.getURI(), body.size(), limit);
        }
    }

    private static GuardedResponse<ClientHttpResponse> attempt(
            OutgoingRequest outgoing, HttpRequest request, Optional<RetryContext> attempt, Sender sender)
            throws IOException {
        HttpHeaders headers = new HttpHeaders();
        request.getHeaders().forEach((name, values) -> headers.put(name, new ArrayList<>(values)));
        Map<String, Object> attributes = new LinkedHashMap<>(request.getAttributes());
        outgoing.tell(headers, attempt);
        RequestTracker exchange = outgoing.begin(attempt);
        attributes.put(RequestTracker.ATTRIBUTE, exchange);
        return watch(exchange, () -> sender.send(headers, attributes));
    }

    /** Sends a request. */
    @FunctionalInterface
    interface Sending {
        ClientHttpResponse send() throws IOException;
    }

    /** Sends a request and reports its outcome to a tracker. */
    static GuardedResponse<ClientHttpResponse> watch(RequestTracker exchange, Sending sending) throws IOException {
        try {
            ClientHttpResponse response = sending.send();
            Answer answer = SpringAnswers.of(response.getStatusCode().value(), response.getHeaders());
            exchange.answered(answer.status(), answer.headers());
            return new GuardedResponse<>(
                    WatchedResponse.of(response, exchange, answer.status()),
                    exchange.isOwnConflict() ? answer.asExpected() : answer,
                    unwanted -> discard(unwanted, exchange, answer.status()));
        } catch (IOException | RuntimeException failure) {
            exchange.failed(failure);
            throw failure;
        }
    }

    /** Closes a response, and keeps its mark on the remains. */
    private static ClientHttpResponse discard(ClientHttpResponse response, RequestTracker exchange, int status) {
        ClientHttpResponse rest = DiscardedResponse.close(WatchedResponse.unwrap(response), exchange.connection());
        return WatchedResponse.of(rest, exchange, status);
    }
}
