package dev.retrykit.spring.idempotency.neighbor;

import java.security.Principal;
import java.util.List;
import java.util.function.UnaryOperator;
import org.reactivestreams.Publisher;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** WebFlux's filters as applications write them, each below a path of its own. */
final class FluxFilters {

    static final List<Class<?>> ALL = List.of(
            OuterCallers.class,
            UnorderedCallers.class,
            LowestCallers.class,
            FirstCallers.class,
            ReadAgain.class,
            ReadOnce.class,
            Decryption.class,
            Compression.class,
            Envelope.class);

    private FluxFilters() {}

    private abstract static class Below implements WebFilter {

        private final String path;

        Below(String path) {
            this.path = path;
        }

        boolean isBelow(String uri) {
            return uri.startsWith(path + "/");
        }

        @Override
        public final Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
            return isBelow(exchange.getRequest().getPath().value())
                    ? changed(exchange).flatMap(chain::filter)
                    : chain.filter(exchange);
        }

        abstract Mono<ServerWebExchange> changed(ServerWebExchange exchange);
    }

    private abstract static class Callers extends Below {

        Callers(String path) {
            super(path);
        }

        @Override
        Mono<ServerWebExchange> changed(ServerWebExchange exchange) {
            String name = exchange.getRequest().getHeaders().getFirst("X-User");
            Principal principal = () -> name;
            return Mono.just(
                    name == null
                            ? exchange
                            : exchange.mutate().principal(Mono.just(principal)).build());
        }
    }

    /** For all whose subject isn't who calls. */
    @Order(Ordered.HIGHEST_PRECEDENCE + 100)
    static class OuterCallers extends Callers {

        OuterCallers() {
            super("");
        }

        @Override
        boolean isBelow(String uri) {
            return !uri.matches("/(none|callers-.*)/.*");
        }
    }

    static class UnorderedCallers extends Callers {

        UnorderedCallers() {
            super("/callers-unordered");
        }
    }

    @Order(Ordered.LOWEST_PRECEDENCE)
    static class LowestCallers extends Callers {

        LowestCallers() {
            super("/callers-lowest");
        }
    }

    @Order(1)
    static class FirstCallers extends Callers {

        FirstCallers() {
            super("/callers-first");
        }
    }

    private abstract static class Reading extends Below {

        private final UnaryOperator<byte[]> change;

        Reading(String path, UnaryOperator<byte[]> change) {
            super(path);
            this.change = change;
        }

        @Override
        Mono<ServerWebExchange> changed(ServerWebExchange exchange) {
            return joined(exchange.getRequest().getBody())
                    .map(body -> exchange.mutate()
                            .request(with(exchange, change.apply(body)))
                            .build());
        }

        private static ServerHttpRequest with(ServerWebExchange exchange, byte[] body) {
            return new ServerHttpRequestDecorator(exchange.getRequest()) {
                @Override
                public Flux<DataBuffer> getBody() {
                    return Flux.defer(() ->
                            Flux.just(exchange.getResponse().bufferFactory().wrap(body)));
                }
            };
        }
    }

    private static Mono<byte[]> joined(Publisher<? extends DataBuffer> body) {
        return DataBufferUtils.join(body).map(buffer -> {
            byte[] bytes = new byte[buffer.readableByteCount()];
            buffer.read(bytes);
            DataBufferUtils.release(buffer);
            return bytes;
        });
    }

    /** Reads the body, as for a log, and offers it again. */
    static class ReadAgain extends Reading {

        ReadAgain() {
            super("/read-again", body -> body);
        }
    }

    /** Reads the body and offers nothing. */
    static class ReadOnce extends Below {

        ReadOnce() {
            super("/read-once");
        }

        @Override
        Mono<ServerWebExchange> changed(ServerWebExchange exchange) {
            return joined(exchange.getRequest().getBody()).thenReturn(exchange);
        }
    }

    static class Decryption extends Reading {

        Decryption() {
            super("/decryption", Codings::decrypt);
        }
    }

    private abstract static class Rewriting extends Below {

        Rewriting(String path) {
            super(path);
        }

        @Override
        Mono<ServerWebExchange> changed(ServerWebExchange exchange) {
            ServerHttpResponse response = exchange.getResponse();
            return Mono.just(exchange.mutate()
                    .response(new ServerHttpResponseDecorator(response) {
                        @Override
                        public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
                            return joined(body).flatMap(bytes -> {
                                byte[] rewritten = rewrite(exchange.getRequest(), response, bytes);
                                getHeaders().setContentLength(rewritten.length);
                                return super.writeWith(
                                        Mono.fromSupplier(() -> bufferFactory().wrap(rewritten)));
                            });
                        }
                    })
                    .build());
        }

        abstract byte[] rewrite(ServerHttpRequest request, ServerHttpResponse response, byte[] body);
    }

    static class Compression extends Rewriting {

        Compression() {
            super("/compression");
        }

        @Override
        byte[] rewrite(ServerHttpRequest request, ServerHttpResponse response, byte[] body) {
            if (!"gzip".equals(request.getHeaders().getFirst("Accept-Encoding"))) {
                return body;
            }
            response.getHeaders().set("Content-Encoding", "gzip");
            return Codings.compress(body);
        }
    }

    static class Envelope extends Rewriting {

        Envelope() {
            super("/envelope");
        }

        @Override
        byte[] rewrite(ServerHttpRequest request, ServerHttpResponse response, byte[] body) {
            return Codings.wrap(body);
        }
    }
}
