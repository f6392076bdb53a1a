package dev.retrykit.spring.actuate.web;

import org.jspecify.annotations.Nullable;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/** Provides Spring Security's CSRF token for the request on this thread. */
public final class ServletCsrf {

    private ServletCsrf() {}

    public static @Nullable CsrfField token() {
        RequestAttributes request = RequestContextHolder.getRequestAttributes();
        Object token = request == null
                ? null
                : request.getAttribute(CsrfToken.class.getName(), RequestAttributes.SCOPE_REQUEST);
        return token instanceof CsrfToken csrf ? new CsrfField(csrf.getHeaderName(), csrf.getToken()) : null;
    }
}
