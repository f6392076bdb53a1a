package dev.retrykit.spring.idempotency.endpoint.webflux;

import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Handles the results of {@link EndpointAdapter} by subscribing to the response. */
public final class EndpointResultHandler implements HandlerResultHandler, PriorityOrdered {

    /** Creates a result handler. */
    public EndpointResultHandler() {}

    /** Replaces the result of a handler with the whole processing of the request. */
    static final class Result extends HandlerResult {

        private final Mono<Void> answered;

        Result(HandlerMethod handler, Mono<Void> answered) {
            super(handler, null, handler.getReturnType());
            this.answered = answered;
        }
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public boolean supports(HandlerResult result) {
        return result instanceof Result;
    }

    @Override
    public Mono<Void> handleResult(ServerWebExchange exchange, HandlerResult result) {
        return ((Result) result).answered;
    }
}
