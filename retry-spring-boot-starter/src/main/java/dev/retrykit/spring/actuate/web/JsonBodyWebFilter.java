package dev.retrykit.spring.actuate.web;

import java.io.ByteArrayOutputStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** WebFlux: passes the JSON of a write request to the endpoint unchanged. Other requests are not affected. */
public final class JsonBodyWebFilter implements WebFilter {

    private final Supplier<@Nullable String> path;

    /**
     * Creates the filter for the {@code retry} endpoint.
     *
     * @param path the endpoint's path within the application; null if it has none
     */
    public JsonBodyWebFilter(Supplier<@Nullable String> path) {
        this.path = path;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        if (!request.getMethod().equals(HttpMethod.POST) || !isBelowEndpoint(request)) {
            return chain.filter(exchange);
        }
        Flux<DataBuffer> wrapped = request.getBody()
                .collect(ByteArrayOutputStream::new, JsonBodyWebFilter::add)
                .filter(body -> body.size() > 0)
                .map(body -> exchange.getResponse().bufferFactory().wrap(JsonBody.wrapped(body.toByteArray())))
                .flux();
        return chain.filter(
                exchange.mutate().request(new Wrapped(request, wrapped)).build());
    }

    private boolean isBelowEndpoint(ServerHttpRequest request) {
        String endpoint = path.get();
        return endpoint != null
                && request.getPath().pathWithinApplication().value().startsWith(endpoint + "/");
    }

    /** Reads the whole body, but keeps at most one byte more than the limit. */
    private static void add(ByteArrayOutputStream body, DataBuffer part) {
        byte[] bytes = new byte[Math.min(part.readableByteCount(), JsonBody.LONGEST + 1 - body.size())];
        part.read(bytes);
        body.writeBytes(bytes);
        DataBufferUtils.release(part);
    }

    private static final class Wrapped extends ServerHttpRequestDecorator {

        private final Flux<DataBuffer> body;

        Wrapped(ServerHttpRequest request, Flux<DataBuffer> body) {
            super(request);
            this.body = body;
        }

        @Override
        public Flux<DataBuffer> getBody() {
            return body;
        }
    }
}
