package dev.retrykit.spring.actuate;

import dev.retrykit.spring.actuate.web.CsrfField;
import dev.retrykit.spring.actuate.web.ReportMediaType;
import dev.retrykit.spring.actuate.web.ServletCsrf;
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

/** The endpoint on the servlet stack, which also serves the page to browsers. */
@EndpointWebExtension(endpoint = RetryEndpoint.class)
public final class RetryWebExtension {

    /** The attribute of {@code HandlerMapping}; not set by Jersey. */
    private static final String VARIABLES = "org.springframework.web.servlet.HandlerMapping.uriTemplateVariables";

    private final RetryEndpoint endpoint;
    private final Page page;
    private final Supplier<@Nullable CsrfField> token;

    private RetryWebExtension(RetryEndpoint endpoint, Page page, Supplier<@Nullable CsrfField> token) {
        this.endpoint = endpoint;
        this.page = page;
        this.token = token;
    }

    /** Creates the extension for an application without CSRF protection. */
    public static RetryWebExtension plain(RetryEndpoint endpoint, Page page) {
        return new RetryWebExtension(endpoint, page, () -> null);
    }

    /** Creates the extension for an application whose Spring Security may require a CSRF token. */
    public static RetryWebExtension secured(RetryEndpoint endpoint, Page page) {
        return new RetryWebExtension(endpoint, page, ServletCsrf::token);
    }

    /**
     * Returns all policies, circuits and budgets.
     *
     * @param settings whether each entry includes its settings. Default true
     */
    @ReadOperation(producesFrom = ReportMediaType.class)
    public WebEndpointResponse<Object> report(
            ReportMediaType form, @Nullable Boolean settings, SecurityContext security) {
        return form == ReportMediaType.PAGE
                ? page.answer(page.needsToken() ? token.get() : null)
                : new WebEndpointResponse<>(endpoint.report(settings, security), form);
    }

    /** Returns the failures of attempts. */
    @ReadOperation
    public WebEndpointResponse<Object> list(@Selector String kind) {
        WebEndpointResponse<Object> refused = target().contradiction("kind", kind);
        return refused != null ? refused : endpoint.list(kind);
    }

    /** Returns one entry by the kind and name in the path. */
    @ReadOperation
    public WebEndpointResponse<Object> one(@Selector String kind, @Selector String name, SecurityContext security) {
        WebEndpointResponse<Object> refused = target().contradiction("kind", kind, "name", name);
        return refused != null ? refused : endpoint.one(kind, name, security);
    }

    /** Changes the entry in the path. */
    @WriteOperation
    public WebEndpointResponse<Object> change(
            @Selector String kind,
            @Selector String name,
            @Nullable Map<String, @Nullable Object> body,
            SecurityContext security) {
        WebEndpointResponse<Object> refused = target().contradiction("kind", kind, "name", name);
        return refused != null ? refused : endpoint.change(kind, name, body, security);
    }

    /** Frees the key in the path. */
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
