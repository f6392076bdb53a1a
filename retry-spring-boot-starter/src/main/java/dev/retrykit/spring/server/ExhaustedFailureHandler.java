package dev.retrykit.spring.server;

import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/**
 * WebFlux exception handler for failures that a policy gave up on. Runs after the application's handlers, and right
 * before Spring Boot's.
 */
public final class ExhaustedFailureHandler implements WebExceptionHandler, Ordered {

    /** Spring Boot's order is -1. */
    private static final int ORDER = -2;

    /** Creates a handler. */
    public ExhaustedFailureHandler() {}

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
        ServerHttpResponse response = exchange.getResponse();
        Problem problem = response.isCommitted() ? null : problem(failure, exchange);
        return problem == null ? Mono.error(failure) : write(problem, response);
    }

    private static @Nullable Problem problem(Throwable failure, ServerWebExchange exchange) {
        String method = exchange.getRequest().getMethod().name();
        return ExhaustedFailure.problem(
                failure,
                InboundRequestWebFilter.inbound(exchange),
                method,
                exchange.getAttribute(Problem.KEYED) != null);
    }

    /** Exposes the library's headers to pages of another origin that may read the response. */
    public static void expose(HttpHeaders headers) {
        if (headers.getFirst(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN) != null) {
            headers.add(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, Problem.EXPOSED);
        }
    }

    /** Writes the problem to the response. */
    public static Mono<Void> write(Problem problem, ServerHttpResponse response) {
        byte[] body = problem.body();
        response.setStatusCode(HttpStatusCode.valueOf(problem.status()));
        HttpHeaders headers = response.getHeaders();
        headers.set(problem.header(), problem.value());
        expose(headers);
        headers.setContentType(Problem.TYPE);
        headers.setContentLength(body.length);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
    }
}
