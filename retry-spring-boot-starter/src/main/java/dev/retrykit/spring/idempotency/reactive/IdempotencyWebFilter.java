package dev.retrykit.spring.idempotency.reactive;

import dev.retrykit.spring.idempotency.http.Endpoints;
import org.springframework.core.Ordered;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Around all handlers, after Spring Security, which knows the caller. */
public final class IdempotencyWebFilter implements WebFilter, Ordered {

    private final Endpoints endpoints;
    private final ServerCodecConfigurer codecs;

    /** For the endpoints that there are. */
    public IdempotencyWebFilter(Endpoints endpoints, ServerCodecConfigurer codecs) {
        this.endpoints = endpoints;
        this.codecs = codecs;
    }

    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (!endpoints.mayBe(exchange.getRequest().getMethod().name())) {
            return chain.filter(exchange);
        }
        ReactiveExchange held = new ReactiveExchange(exchange, codecs);
        return chain.filter(held.exchange())
                .then(Mono.defer(held::end))
                .onErrorResume(
                        failure -> held.failed(failure).then(held.cleaned()).then(Mono.error(failure)))
                .then(Mono.defer(held::cleaned))
                .doOnCancel(held::cancelled)
                .contextWrite(context -> context.put(ReactiveExchange.class, held));
    }
}
