package dev.retrykit.spring.actuate.web;

import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.web.filter.reactive.ServerWebExchangeContextFilter;
import reactor.core.publisher.Mono;

/** Provides Spring Security's CSRF token for the current exchange. */
public final class ReactiveCsrf {

    private ReactiveCsrf() {}

    public static Mono<CsrfField> token() {
        return Mono.deferContextual(context -> ServerWebExchangeContextFilter.getExchange(context)
                .map(exchange -> exchange.<Mono<CsrfToken>>getAttribute(CsrfToken.class.getName()))
                .map(token -> token.map(csrf -> new CsrfField(csrf.getHeaderName(), csrf.getToken())))
                .orElseGet(Mono::empty));
    }
}
