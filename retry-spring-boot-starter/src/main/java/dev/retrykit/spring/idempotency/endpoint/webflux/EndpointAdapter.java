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
 * Decides about requests with keys right before their handler is called: after all filters, and before arguments are
 * resolved and any advice of the controller's bean runs. Writes the handler's result and handles its failures as well,
 * so that the response is buffered inside all filters. The dispatcher consults all adapters, so this applies to every
 * mapping.
 */
public final class EndpointAdapter implements HandlerAdapter, PriorityOrdered {

    private final Endpoints endpoints;
    private final ServerCodecConfigurer codecs;
    private final SingletonSupplier<Dispatch> others;

    /**
     * Creates an adapter for the endpoints.
     *
     * @param codecs read forms
     * @param beans contains the other adapters, which are looked up for the first request
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
     * The target of a request.
     *
     * @param dispatch calls the handler in the usual way
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
