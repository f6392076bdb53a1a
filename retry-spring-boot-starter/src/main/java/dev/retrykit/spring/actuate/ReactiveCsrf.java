package dev.retrykit.spring.actuate;

import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.web.filter.reactive.ServerWebExchangeContextFilter;
import reactor.core.publisher.Mono;

/** The token of Spring Security for the exchange that is answered. */
final class ReactiveCsrf {

    private ReactiveCsrf() {}

    static Mono<CsrfField> token() {
        return Mono.deferContextual(context -> ServerWebExchangeContextFilter.getExchange(context)
                .map(exchange -> exchange.<Mono<CsrfToken>>getAttribute(CsrfToken.class.getName()))
                .map(token -> token.map(csrf -> new CsrfField(csrf.getHeaderName(), csrf.getToken())))
                .orElseGet(Mono::empty));
    }
}
