package dev.retrykit.spring.actuate;

import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/** The endpoint on the servlet stack: a browser gets the page. */
@EndpointWebExtension(endpoint = RetryEndpoint.class)
public final class RetryWebExtension {

    /** That of {@code HandlerMapping}; Jersey has none. */
    private static final String VARIABLES = "org.springframework.web.servlet.HandlerMapping.uriTemplateVariables";

    private final RetryEndpoint endpoint;
    private final Page page;
    private final Supplier<@Nullable CsrfField> token;

    private RetryWebExtension(RetryEndpoint endpoint, Page page, Supplier<@Nullable CsrfField> token) {
        this.endpoint = endpoint;
        this.page = page;
        this.token = token;
    }

    /** Where nothing protects from forged requests. */
    public static RetryWebExtension plain(RetryEndpoint endpoint, Page page) {
        return new RetryWebExtension(endpoint, page, () -> null);
    }

    /** Where Spring Security may want a token. */
    public static RetryWebExtension secured(RetryEndpoint endpoint, Page page) {
        return new RetryWebExtension(endpoint, page, ServletCsrf::token);
    }

    /**
     * All policies, circuits and budgets.
     *
     * @param settings whether each has its settings with it. Default true
     */
    @ReadOperation(producesFrom = ReportMediaType.class)
    public WebEndpointResponse<Object> report(
            ReportMediaType form, @Nullable Boolean settings, SecurityContext security) {
        return form == ReportMediaType.PAGE
                ? page.answer(page.needsToken() ? token.get() : null)
                : new WebEndpointResponse<>(endpoint.report(settings, security), form);
    }

    /** What attempts failed with. */
    @ReadOperation
    public WebEndpointResponse<Object> list(@Selector String kind) {
        WebEndpointResponse<Object> refused = target().contradiction("kind", kind);
        return refused != null ? refused : endpoint.list(kind);
    }

    /** One of them by kind and name, as the path has them. */
    @ReadOperation
    public WebEndpointResponse<Object> one(@Selector String kind, @Selector String name, SecurityContext security) {
        WebEndpointResponse<Object> refused = target().contradiction("kind", kind, "name", name);
        return refused != null ? refused : endpoint.one(kind, name, security);
    }

    /** Changes the one that the path names. */
    @WriteOperation
    public WebEndpointResponse<Object> change(
            @Selector String kind,
            @Selector String name,
            @Nullable Map<String, @Nullable Object> body,
            SecurityContext security) {
        WebEndpointResponse<Object> refused = target().contradiction("kind", kind, "name", name);
        return refused != null ? refused : endpoint.change(kind, name, body, security);
    }

    /** Frees the key that the path names. */
    @DeleteOperation
    public WebEndpointResponse<Object> free(@Selector String kind, @Selector String hash, SecurityContext security) {
        WebEndpointResponse<Object> refused = target().contradiction("kind", kind, "hash", hash);
        return refused != null ? refused : endpoint.free(kind, hash, security);
    }

    @SuppressWarnings("unchecked")
    private static PathTarget target() {
        RequestAttributes request = RequestContextHolder.getRequestAttributes();
        Object variables = request == null ? null : request.getAttribute(VARIABLES, RequestAttributes.SCOPE_REQUEST);
        return new PathTarget((Map<String, String>) variables);
    }
}
