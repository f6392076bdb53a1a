package dev.retrykit.spring.server;

import dev.retrykit.CallerDeadline;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** WebFlux filter: publishers subscribed to during a request end before its caller stops waiting. */
public final class DeadlineWebFilter implements WebFilter {

    private final CallerDeadlineReader deadlines;

    /** Creates a filter that reads deadlines with the given reader. */
    public DeadlineWebFilter(CallerDeadlineReader deadlines) {
        this.deadlines = deadlines;
    }

    /** Returns a handler that records the address of each request before anything changes it. */
    public static HttpHandler notingPeers(HttpHandler handler) {
        return (request, response) -> Peer.note(handler, request, response);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return deadlines.isEmpty()
                ? chain.filter(exchange)
                : Mono.deferContextual(context -> filter(exchange, chain, Peer.of(context, exchange.getRequest())));
    }

    private Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain, @Nullable InetAddress peer) {
        CallerDeadline deadline =
                deadlines.of(peer, name -> exchange.getRequest().getHeaders().getOrDefault(name, List.of()));
        if (deadline == null) {
            return chain.filter(exchange);
        }
        return deadline.left().isZero()
                ? ExhaustedFailureHandler.write(Problem.timeUp(), exchange.getResponse())
                : chain.filter(exchange).contextWrite(context -> context.put(CallerDeadline.class, deadline));
    }
}
