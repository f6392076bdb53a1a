package dev.retrykit.spring.server;

import dev.retrykit.InboundRequest;
import dev.retrykit.event.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * WebFlux: calls of a request's publishers tell the request how they end, and so do those on the thread that begins to
 * handle it.
 */
public final class InboundRequestWebFilter implements WebFilter {

    private static final String ATTRIBUTE = InboundRequest.class.getName();

    /** Without state. */
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

    /** Null where the filter hasn't seen the request. */
    static @Nullable InboundRequest inbound(ServerWebExchange exchange) {
        return exchange.getAttribute(ATTRIBUTE);
    }
}
