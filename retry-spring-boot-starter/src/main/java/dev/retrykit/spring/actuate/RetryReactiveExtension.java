package dev.retrykit.spring.actuate;

import dev.retrykit.spring.actuate.web.CsrfField;
import dev.retrykit.spring.actuate.web.ReactiveCsrf;
import dev.retrykit.spring.actuate.web.ReportMediaType;
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

/** The endpoint on the reactive stack, which also serves the page to browsers. */
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

    /** Creates the extension for an application without CSRF protection. */
    public static RetryReactiveExtension plain(RetryEndpoint endpoint, Page page) {
        return new RetryReactiveExtension(endpoint, page, Mono.empty());
    }

    /**
     * Creates the extension for an application whose Spring Security may require a CSRF token; requires a {@code
     * ServerWebExchangeContextFilter}.
     */
    public static RetryReactiveExtension secured(RetryEndpoint endpoint, Page page) {
        return new RetryReactiveExtension(endpoint, page, ReactiveCsrf.token());
    }

    /**
     * Returns all policies, circuits and budgets.
     *
     * @param settings whether each entry includes its settings. Default true
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

    /** Returns the failures of attempts. */
    @ReadOperation
    public Mono<WebEndpointResponse<Object>> list(@Selector String kind) {
        return checked(target -> target.contradiction("kind", kind), () -> endpoint.list(kind));
    }

    /** Returns one entry by the kind and name in the path. */
    @ReadOperation
    public Mono<WebEndpointResponse<Object>> one(
            @Selector String kind, @Selector String name, SecurityContext security) {
        return checked(
                target -> target.contradiction("kind", kind, "name", name), () -> endpoint.one(kind, name, security));
    }

    /** Changes the entry in the path. */
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

    /** Frees the key in the path. */
    @DeleteOperation
    public Mono<WebEndpointResponse<Object>> free(
            @Selector String kind, @Selector String hash, SecurityContext security) {
        return checked(
                target -> target.contradiction("kind", kind, "hash", hash), () -> endpoint.free(kind, hash, security));
    }

    /** Checks the path, and runs the blocking operation on another thread. */
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
