package dev.retrykit.spring.server;

import dev.retrykit.InboundRequest;
import dev.retrykit.event.Scope;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.OncePerRequestFilter;

/** Spring MVC filter that records on each request how the calls on its thread end. */
public final class InboundRequestFilter extends OncePerRequestFilter {

    private static final String ATTRIBUTE = InboundRequest.class.getName();

    /** Creates a filter. */
    public InboundRequestFilter() {}

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        InboundRequest inbound = new InboundRequest();
        request.setAttribute(ATTRIBUTE, inbound);
        try (Scope scope = inbound.enter()) {
            chain.doFilter(request, response);
        }
    }

    /** Returns the record of a request; null if the filter has not seen the request. */
    static @Nullable InboundRequest inbound(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof InboundRequest inbound ? inbound : null;
    }
}
