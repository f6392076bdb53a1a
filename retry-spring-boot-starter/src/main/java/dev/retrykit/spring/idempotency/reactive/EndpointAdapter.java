package dev.retrykit.spring.idempotency.reactive;

import dev.retrykit.failure.Causes;
import dev.retrykit.spring.idempotency.ClaimLostException;
import dev.retrykit.spring.idempotency.IdempotencyRules;
import dev.retrykit.spring.idempotency.http.Endpoint;
import dev.retrykit.spring.idempotency.http.EndpointRequest;
import dev.retrykit.spring.idempotency.http.Endpoints;
import dev.retrykit.spring.idempotency.http.Refusals;
import dev.retrykit.spring.idempotency.http.RefusedException;
import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.web.GivenUpHandler;
import dev.retrykit.spring.web.Problem;
import java.security.Principal;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.DispatchExceptionHandler;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Handles endpoints' requests as all are handled, and answers those that aren't carried out. */
public final class EndpointAdapter implements HandlerAdapter, Ordered {

    private static final String ANONYMOUS = "org.springframework.security.authentication.AnonymousAuthenticationToken";

    private final Endpoints endpoints;
    private final ObjectProvider<RequestMappingHandlerAdapter> adapters;

    /** In front of Spring's own, which is looked up when the first request comes. */
    public EndpointAdapter(Endpoints endpoints, ObjectProvider<RequestMappingHandlerAdapter> adapters) {
        this.endpoints = endpoints;
        this.adapters = adapters;
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public boolean supports(Object handler) {
        return handler instanceof HandlerMethod method && endpoints.find(method, WebFluxEndpoints.POSSIBLE) != null;
    }

    @Override
    public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
        HandlerAdapter adapter = adapters.getObject();
        Endpoint endpoint = endpoints.find((HandlerMethod) handler, WebFluxEndpoints.POSSIBLE);
        ReactiveExchange held = ReactiveExchange.of(exchange);
        if (endpoint == null || held == null) {
            return Mono.error(new IllegalStateException("A request came to an idempotent endpoint without passing the"
                    + " filter 'retrykitIdempotencyWebFilter'."));
        }
        return armed(endpoint, held)
                .then(Mono.defer(() -> adapter.handle(held.exchange(), handler)))
                .doOnNext(EndpointAdapter::answersRefusals)
                .onErrorResume(failure -> answered(held.exchange(), failure));
    }

    private static Mono<Void> armed(Endpoint endpoint, ReactiveExchange held) {
        return Mono.defer(() -> {
            ServerWebExchange exchange = held.exchange();
            List<String> lines =
                    exchange.getRequest().getHeaders().get(endpoint.rules().header());
            String key = endpoint.key(lines == null ? List.of() : lines);
            return key == null ? Mono.empty() : about(exchange).flatMap(about -> held.arm(endpoint, key, about));
        });
    }

    private static Mono<EndpointRequest> about(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        HttpHeaders headers = request.getHeaders();
        Function<@Nullable Principal, EndpointRequest> made = caller -> new EndpointRequest(
                request.getMethod().name(),
                String.valueOf(exchange.<Object>getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE)),
                request.getURI().getRawPath(),
                request.getURI().getRawQuery(),
                headers.getFirst(HttpHeaders.CONTENT_TYPE),
                String.valueOf(request.getURI().getRawAuthority()),
                caller,
                name -> headers.getOrEmpty(name));
        return exchange.getPrincipal()
                .filter(caller -> !caller.getClass().getName().equals(ANONYMOUS))
                .map(made)
                .switchIfEmpty(Mono.fromSupplier(() -> made.apply(null)));
    }

    /** What the method returned fails when it is subscribed to, and the application's handlers may handle any failure. */
    private static void answersRefusals(HandlerResult result) {
        DispatchExceptionHandler others = result.getExceptionHandler();
        result.setExceptionHandler((exchange, failure) -> answered(
                exchange,
                failure,
                others == null ? Mono.error(failure) : Mono.defer(() -> others.handleError(exchange, failure))));
    }

    private static Mono<HandlerResult> answered(ServerWebExchange exchange, Throwable failure) {
        return answered(exchange, failure, Mono.error(failure));
    }

    private static Mono<HandlerResult> answered(
            ServerWebExchange exchange, Throwable failure, Mono<HandlerResult> otherwise) {
        ServerHttpResponse response = exchange.getResponse();
        for (Throwable link : Causes.chain(failure)) {
            if (link instanceof RefusedException refused) {
                return write(refused, response).then(Mono.empty());
            }
            if (link instanceof ClaimLostException) {
                return GivenUpHandler.write(Refusals.lost(), response).then(Mono.empty());
            }
        }
        return otherwise;
    }

    private static Mono<Void> write(RefusedException refused, ServerHttpResponse response) {
        Problem problem = refused.problem();
        Answer answer = refused.answer();
        if (answer == null) {
            return problem == null ? Mono.empty() : GivenUpHandler.write(problem, response);
        }
        response.getHeaders().set(IdempotencyRules.REPLAYED, "true");
        if (answer.error()) {
            return Mono.error(new ResponseStatusException(HttpStatusCode.valueOf(answer.status())));
        }
        response.setStatusCode(HttpStatusCode.valueOf(answer.status()));
        HttpHeaders headers = response.getHeaders();
        answer.headers().forEach(header -> headers.add(header.name(), header.value()));
        if (answer.body().length == 0) {
            return response.setComplete();
        }
        headers.setContentLength(answer.body().length);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(answer.body())));
    }
}
