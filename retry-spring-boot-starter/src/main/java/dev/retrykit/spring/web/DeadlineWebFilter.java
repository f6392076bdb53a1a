package dev.retrykit.spring.web;

import dev.retrykit.CallerDeadline;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** WebFlux: what a request's publisher subscribes to ends before the caller stops waiting. */
public final class DeadlineWebFilter implements WebFilter {

    private final Deadlines deadlines;

    /** For callers that are believed. */
    public DeadlineWebFilter(Deadlines deadlines) {
        this.deadlines = deadlines;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        CallerDeadline deadline = deadlines.of(peer(request), name -> {
            List<String> lines = request.getHeaders().get(name);
            return lines == null ? List.of() : lines;
        });
        if (deadline == null) {
            return chain.filter(exchange);
        }
        return deadline.left().isZero()
                ? GivenUpHandler.write(Problem.timeUp(), exchange.getResponse())
                : chain.filter(exchange).contextWrite(context -> context.put(CallerDeadline.class, deadline));
    }

    private static @Nullable InetAddress peer(ServerHttpRequest request) {
        InetSocketAddress address = request.getRemoteAddress();
        return address == null ? null : address.getAddress();
    }
}
