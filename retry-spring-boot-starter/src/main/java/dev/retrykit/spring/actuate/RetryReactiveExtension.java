package dev.retrykit.spring.actuate;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;
import org.springframework.web.filter.reactive.ServerWebExchangeContextFilter;
import org.springframework.web.reactive.HandlerMapping;
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
    @ReadOperation(producesFrom = ReportMediaType.class)
    public Mono<WebEndpointResponse<Object>> report(
            ReportMediaType form, @Nullable Boolean settings, SecurityContext security) {
        if (form != ReportMediaType.PAGE) {
            return Mono.<WebEndpointResponse<Object>>fromSupplier(
                            () -> new WebEndpointResponse<>(endpoint.report(settings, security), form))
                    .subscribeOn(Schedulers.boundedElastic());
        }
        return page.needsToken()
                ? token.map(Optional::of).defaultIfEmpty(Optional.empty()).map(csrf -> page.answer(csrf.orElse(null)))
                : Mono.fromSupplier(() -> page.answer(null));
    }

    /** What attempts failed with. */
    @ReadOperation
    public Mono<WebEndpointResponse<Object>> list(@Selector String kind) {
        return checked(target -> target.contradiction("kind", kind), () -> endpoint.list(kind));
    }

    /** One of them by kind and name, as the path has them. */
    @ReadOperation
    public Mono<WebEndpointResponse<Object>> one(
            @Selector String kind, @Selector String name, SecurityContext security) {
        return checked(
                target -> target.contradiction("kind", kind, "name", name), () -> endpoint.one(kind, name, security));
    }

    /** Changes the one that the path names. */
    @WriteOperation
    public Mono<WebEndpointResponse<Object>> change(
            @Selector String kind,
            @Selector String name,
            @Nullable Map<String, @Nullable Object> body,
            SecurityContext security) {
        return checked(
                target -> target.contradiction("kind", kind, "name", name),
                () -> endpoint.change(kind, name, body, security));
    }

    /** Frees the key that the path names. */
    @DeleteOperation
    public Mono<WebEndpointResponse<Object>> free(
            @Selector String kind, @Selector String hash, SecurityContext security) {
        return checked(
                target -> target.contradiction("kind", kind, "hash", hash), () -> endpoint.free(kind, hash, security));
    }

    /** What the endpoint answers blocks. */
    private static Mono<WebEndpointResponse<Object>> checked(
            Function<PathTarget, @Nullable WebEndpointResponse<Object>> check,
            Supplier<WebEndpointResponse<Object>> answer) {
        return Mono.deferContextual(context -> {
            Map<String, String> variables = ServerWebExchangeContextFilter.getExchange(context)
                    .map(exchange ->
                            exchange.<Map<String, String>>getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE))
                    .orElse(null);
            WebEndpointResponse<Object> refused = check.apply(new PathTarget(variables));
            return refused != null
                    ? Mono.just(refused)
                    : Mono.fromSupplier(answer).subscribeOn(Schedulers.boundedElastic());
        });
    }
}
