package dev.retrykit.spring.server;

import dev.retrykit.InboundRequest;
import dev.retrykit.event.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * WebFlux filter that records on each request how the calls of its publishers end, and the calls on the thread that
 * starts handling it.
 */
public final class InboundRequestWebFilter implements WebFilter {

    private static final String ATTRIBUTE = InboundRequest.class.getName();

    /** Creates a filter. */
    public InboundRequestWebFilter() {}

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        InboundRequest inbound = new InboundRequest();
        exchange.getAttributes().put(ATTRIBUTE, inbound);
        Mono<Void> handled = chain.filter(exchange).contextWrite(context -> context.put(InboundRequest.class, inbound));
        return Mono.from(subscriber -> {
            try (Scope scope = inbound.enter()) {
                handled.subscribe(subscriber);
            }
        });
    }

    /** Returns the record of an exchange; null if the filter has not seen the request. */
    static @Nullable InboundRequest inbound(ServerWebExchange exchange) {
        return exchange.getAttribute(ATTRIBUTE);
    }
}
