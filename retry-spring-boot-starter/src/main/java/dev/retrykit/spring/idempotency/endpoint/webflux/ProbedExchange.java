package dev.retrykit.spring.idempotency.endpoint.webflux;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;

/**
 * An exchange for resolving arguments that leaves the response unchanged.
 *
 * <p>Spring's adapter passes a failure to the application's exception handlers on its own. Before that, it removes the
 * headers that describe content; this exchange fails there, because it is the only way to get the failure out.
 */
final class ProbedExchange extends ServerWebExchangeDecorator {

    private final ServerHttpResponse response;

    ProbedExchange(ServerWebExchange exchange) {
        super(exchange);
        this.response = new Response(exchange.getResponse());
    }

    @Override
    public ServerHttpResponse getResponse() {
        return response;
    }

    /** Returns the failure of resolving arguments, which Reactor adds as suppressed to the exception of this class. */
    static Throwable cause(Throwable failure) {
        return failure instanceof UnhandledException && failure.getSuppressed().length > 0
                ? failure.getSuppressed()[0]
                : failure;
    }

    /** Makes an adapter fail before its exception handlers handle a failure. */
    private static final class UnhandledException extends RuntimeException {

        private static final long serialVersionUID = 1;

        UnhandledException() {
            super("not to be handled", null, true, false);
        }
    }

    private static final class Headers extends HttpHeaders {

        private static final long serialVersionUID = 1;

        @Override
        public void clearContentHeaders() {
            throw new UnhandledException();
        }
    }

    private static final class Response extends ServerHttpResponseDecorator {

        private final HttpHeaders headers = new Headers();
        private final MultiValueMap<String, ResponseCookie> cookies = new LinkedMultiValueMap<>();

        Response(ServerHttpResponse response) {
            super(response);
            headers.putAll(response.getHeaders());
        }

        @Override
        public HttpHeaders getHeaders() {
            return headers;
        }

        @Override
        public MultiValueMap<String, ResponseCookie> getCookies() {
            return cookies;
        }

        @Override
        public void addCookie(ResponseCookie cookie) {
            cookies.add(cookie.getName(), cookie);
        }

        @Override
        public boolean setStatusCode(@Nullable HttpStatusCode status) {
            return true;
        }

        @Override
        public boolean setRawStatusCode(@Nullable Integer status) {
            return true;
        }
    }
}
