package dev.retrykit.spring.client.reactive;

import dev.retrykit.CallerDeadline;
import dev.retrykit.RetryContext;
import dev.retrykit.spring.client.BodyContent;
import dev.retrykit.spring.client.ClientRules;
import dev.retrykit.spring.client.ClientRulesSource;
import dev.retrykit.spring.client.Guard;
import dev.retrykit.spring.client.GuardedResponse;
import dev.retrykit.spring.client.OutgoingRequest;
import dev.retrykit.spring.client.tracking.CurrentRequest;
import dev.retrykit.spring.client.tracking.RequestTracker;
import dev.retrykit.spring.client.tracking.TransportFact;
import dev.retrykit.spring.failure.http.Answer;
import dev.retrykit.spring.failure.http.SpringAnswers;
import dev.retrykit.spring.reactive.RetriedMono;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.support.HttpRequestWrapper;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * The outermost filter of a {@code WebClient}: tracks requests, sets the idempotency key before other filters sign the
 * request, and makes the attempts of the request's guard.
 */
final class GuardFilter implements ExchangeFilterFunction {

    private final ClientRulesSource source;
    private final @Nullable String group;

    /**
     * Creates a filter for the clients of a group.
     *
     * @param group the HTTP service group; null for clients without a group
     */
    GuardFilter(ClientRulesSource source, @Nullable String group) {
        this.source = source;
        this.group = group;
    }

    /** Returns the HTTP service group of the client; null for none. */
    @Nullable
    String group() {
        return group;
    }

    @Override
    public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
        return Mono.deferContextual(context -> {
            ClientRules rules = source.get();
            return rules == null ? next.exchange(request) : filter(rules, request, next, context);
        });
    }

    private Mono<ClientResponse> filter(
            ClientRules rules, ClientRequest request, ExchangeFunction next, ContextView context) {
        Guard guard = rules.guard(request.url(), group);
        Optional<RetryContext> enclosing = context.<RetryContext>getOrEmpty(RetryContext.class)
                .flatMap(RetryContext::forRequests)
                .or(RetryContext::currentForRequests);
        ClientRequest.Builder builder = ClientRequest.from(request);
        OutgoingRequest[] decided = new OutgoingRequest[1];
        // filters of another request send this one
        boolean aside = context.hasKey(RequestTracker.class);
        builder.headers(
                headers -> decided[0] = OutgoingRequest.of(rules, message(request, headers, aside), enclosing, guard));
        OutgoingRequest outgoing = decided[0];
        if (guard == null) {
            Optional<CallerDeadline> deadline = context.getOrEmpty(CallerDeadline.class);
            return attempt(outgoing, builder.build(), next, enclosing, deadline)
                    .map(GuardedResponse::response)
                    .doFinally(signal -> outgoing.ended());
        }
        ClientRequest kept = builder.body(new ReplayableBody(request.body(), rules.maxHeldBody(guard, request.url())))
                .build();
        return RetriedMono.of(guard.engine(request.url()), () -> attempt(outgoing, kept, next))
                .doOnDiscard(GuardedResponse.class, answered -> answered.discard())
                .map(GuardedResponse::response)
                .doFinally(signal -> outgoing.ended());
    }

    /** Describes a request. A form may set its content type only when it is sent. */
    private static OutgoingRequest.Message message(ClientRequest request, HttpHeaders headers, boolean aside) {
        boolean isForm = request.body() instanceof BodyInserters.FormInserter<?> form
                && !(form instanceof BodyInserters.MultipartInserter);
        boolean fetchesToken = aside && (isForm || OutgoingRequest.Message.isForm(headers));
        return new OutgoingRequest.Message(request.method(), request.url(), headers, BodyContent.UNKNOWN, fetchesToken);
    }

    /** Makes an attempt that a guard's engine runs. */
    private static Mono<GuardedResponse<ClientResponse>> attempt(
            OutgoingRequest outgoing, ClientRequest request, ExchangeFunction next) {
        Optional<RetryContext> attempt = RetryContext.current();
        return attempt(outgoing, request, next, attempt, Optional.empty())
                .doOnNext(answered -> attempt.ifPresent(context -> context.onRetry(answered::discard)));
    }

    private static Mono<GuardedResponse<ClientResponse>> attempt(
            OutgoingRequest outgoing,
            ClientRequest request,
            ExchangeFunction next,
            Optional<RetryContext> attempt,
            Optional<CallerDeadline> deadline) {
        RequestTracker exchange = outgoing.begin(attempt);
        exchange.report(TransportFact.TELLS_REACHED);
        ClientRequest sent = ClientRequest.from(request)
                .attribute(RequestTracker.ATTRIBUTE, exchange)
                .headers(headers -> outgoing.tell(headers, attempt, deadline))
                .body(new WatchedBody(request.body(), exchange))
                .build();
        return sendOnce(sent, exchange, next, request.body())
                .contextWrite(context -> context.put(RequestTracker.class, exchange))
                .doOnError(exchange::failed)
                .doOnCancel(exchange.connection()::abandoned)
                .map(response -> answered(response, exchange));
    }

    /** Sends the request once. Resends it only over a stale connection, if the transport cannot do that on its own. */
    private static Mono<ClientResponse> sendOnce(
            ClientRequest sent, RequestTracker exchange, ExchangeFunction next, Object body) {
        Mono<ClientResponse> sending = Mono.fromDirect(subscriber -> {
            RequestTracker outer = CurrentRequest.begin(exchange);
            try {
                next.exchange(sent).subscribe(subscriber);
            } finally {
                CurrentRequest.end(outer);
            }
        });
        return sending.retryWhen(reactor.util.retry.Retry.from(failures -> failures.handle((signal, sink) -> {
            boolean repeatable =
                    !exchange.connection().hasSentBody() || body instanceof ReplayableBody held && held.isHeld();
            if (exchange.mayResend(sent.method(), signal.failure(), () -> repeatable)) {
                sink.next(signal);
            } else {
                sink.error(signal.failure());
            }
        })));
    }

    private static GuardedResponse<ClientResponse> answered(ClientResponse response, RequestTracker exchange) {
        exchange.connection().delivered();
        Answer answer = SpringAnswers.of(
                response.statusCode().value(), response.headers().asHttpHeaders());
        exchange.answered(answer.status(), answer.headers());
        return new GuardedResponse<>(
                watched(response, exchange),
                exchange.isOwnConflict() ? answer.asExpected() : answer,
                unwanted -> Drain.begin(unwanted, exchange.connection()));
    }

    /**
     * Cancelling the body does not cancel the attempt, which ended with the response; Jetty is not notified of it, so
     * the connection is aborted here.
     */
    private static ClientResponse watched(ClientResponse response, RequestTracker exchange) {
        boolean mustKnow = exchange.mustKnowFailures();
        ClientResponse.Builder watched = response.mutate()
                .body(body -> (mustKnow ? body.doOnError(exchange::noteFailure) : body)
                        .doOnCancel(exchange.connection()::abort));
        if (exchange.isPartOfAttempt() && response.statusCode().isError()) {
            exchange.mark(exchange);
            watched.request(new TrackedRequest(response.request(), exchange));
        }
        return watched.build();
    }

    /**
     * A request that keeps its tracker, whatever other filters changed. An exception created from the response keeps
     * the request.
     */
    private static final class TrackedRequest extends HttpRequestWrapper {

        private final Map<String, Object> attributes;

        TrackedRequest(HttpRequest request, RequestTracker exchange) {
            super(request);
            this.attributes = new LinkedHashMap<>(request.getAttributes());
            attributes.put(RequestTracker.ATTRIBUTE, exchange);
        }

        @Override
        public Map<String, Object> getAttributes() {
            return attributes;
        }
    }
}
