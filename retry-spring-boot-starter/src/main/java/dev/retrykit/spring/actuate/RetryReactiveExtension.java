package dev.retrykit.spring.actuate;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The endpoint on the reactive stack: a browser gets the page. */
@EndpointWebExtension(endpoint = RetryEndpoint.class)
public final class RetryReactiveExtension {

    private final RetryEndpoint endpoint;
    private final Page page;
    private final Mono<CsrfField> token;

    private RetryReactiveExtension(RetryEndpoint endpoint, Page page, Mono<CsrfField> token) {
        this.endpoint = endpoint;
        this.page = page;
        this.token = token;
    }

    /** Where nothing protects from forged requests. */
    public static RetryReactiveExtension plain(RetryEndpoint endpoint, Page page) {
        return new RetryReactiveExtension(endpoint, page, Mono.empty());
    }

    /** Where Spring Security may want a token; needs a {@code ServerWebExchangeContextFilter}. */
    public static RetryReactiveExtension secured(RetryEndpoint endpoint, Page page) {
        return new RetryReactiveExtension(endpoint, page, ReactiveCsrf.token());
    }

    /**
     * All policies, circuits and budgets.
     *
     * @param settings whether each has its settings with it. Default true
     */
    @ReadOperation(producesFrom = ReportForm.class)
    public Mono<WebEndpointResponse<Object>> report(ReportForm form, @Nullable Boolean settings) {
        if (form != ReportForm.PAGE) {
            return Mono.<WebEndpointResponse<Object>>fromSupplier(
                            () -> new WebEndpointResponse<>(endpoint.report(settings), form))
                    .subscribeOn(Schedulers.boundedElastic());
        }
        return page.needsToken()
                ? token.map(Optional::of).defaultIfEmpty(Optional.empty()).map(csrf -> page.answer(csrf.orElse(null)))
                : Mono.fromSupplier(() -> page.answer(null));
    }
}
