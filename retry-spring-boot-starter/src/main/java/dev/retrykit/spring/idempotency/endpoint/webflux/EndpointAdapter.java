package dev.retrykit.spring.idempotency.endpoint.webflux;

import dev.retrykit.spring.idempotency.endpoint.Endpoint;
import dev.retrykit.spring.idempotency.endpoint.Endpoints;
import dev.retrykit.spring.idempotency.endpoint.RefusedException;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Decides about requests with keys where their handler is about to be called: after all filters, whose exchange it takes,
 * and before arguments are resolved and any advice of the controller's bean sees a call. What the handler returns is
 * written, and its failures are handled, within it too, so that the answer is held within all filters. The dispatcher asks
 * all adapters, so it holds for every mapping.
 */
public final class EndpointAdapter implements HandlerAdapter, PriorityOrdered {

    private final Endpoints endpoints;
    private final ServerCodecConfigurer codecs;
    private final SingletonSupplier<Dispatch> others;

    /**
     * For the endpoints that there are.
     *
     * @param codecs read forms
     * @param beans have the other adapters, which are looked up when the first request comes
     */
    public EndpointAdapter(Endpoints endpoints, ServerCodecConfigurer codecs, ListableBeanFactory beans) {
        this.endpoints = endpoints;
        this.codecs = codecs;
        this.others = SingletonSupplier.of(() -> Dispatch.of(beans).without(this));
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public boolean supports(Object handler) {
        return handler instanceof HandlerMethod method && endpoints.find(method, WebFluxEndpoints.POSSIBLE) != null;
    }

    @Override
    public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
        HandlerMethod method = (HandlerMethod) handler;
        Endpoint endpoint = endpoints.find(method, WebFluxEndpoints.POSSIBLE);
        Dispatch dispatch = others.obtain();
        if (endpoint == null) {
            return dispatch.call(exchange, method);
        }
        try {
            String key = endpoint.key(exchange.getRequest().getHeaders().getOrEmpty(endpoints.header()));
            return key == null
                    ? dispatch.call(exchange, method)
                    : result(method, answered(new Target(endpoints, endpoint, method, dispatch), key, exchange));
        } catch (RefusedException refused) {
            return result(method, ResponseWriter.write(refused, exchange.getResponse()));
        }
    }

    /**
     * What a request is for.
     *
     * @param dispatch lets the handler be called as all others are
     */
    record Target(Endpoints endpoints, Endpoint endpoint, HandlerMethod handler, Dispatch dispatch) {}

    private static Mono<HandlerResult> result(HandlerMethod handler, Mono<Void> answered) {
        return Mono.just(new EndpointResultHandler.Result(handler, answered));
    }

    private Mono<Void> answered(Target target, String key, ServerWebExchange exchange) {
        return Mono.defer(() -> {
            BufferedExchange held = new BufferedExchange(exchange, codecs);
            return new KeyedCall(target, held)
                    .handle(key)
                    .onErrorResume(failure -> ResponseWriter.instead(failure, exchange.getResponse()))
                    .onErrorResume(failure -> held.cleanUp().then(Mono.error(failure)))
                    .then(Mono.defer(held::cleanUp))
                    .doOnCancel(() -> held.cleanUp().subscribe());
        });
    }
}
