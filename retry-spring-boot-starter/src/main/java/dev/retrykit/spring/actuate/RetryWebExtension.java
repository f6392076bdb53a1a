package dev.retrykit.spring.actuate;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/** The endpoint on the servlet stack: a browser gets the page. */
@EndpointWebExtension(endpoint = RetryEndpoint.class)
public final class RetryWebExtension {

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
    @ReadOperation(producesFrom = ReportForm.class)
    public WebEndpointResponse<Object> report(ReportForm form, @Nullable Boolean settings) {
        return form == ReportForm.PAGE
                ? page.answer(page.needsToken() ? token.get() : null)
                : new WebEndpointResponse<>(endpoint.report(settings), form);
    }
}
