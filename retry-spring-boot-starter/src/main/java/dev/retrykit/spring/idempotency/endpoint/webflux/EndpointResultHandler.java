package dev.retrykit.spring.idempotency.endpoint.webflux;

import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Answers requests with keys: what {@link EndpointAdapter} returned for one is subscribed to here. */
public final class EndpointResultHandler implements HandlerResultHandler, PriorityOrdered {

    /** Without state. */
    public EndpointResultHandler() {}

    /** In place of what a handler returned: all that becomes of the request. */
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
