package dev.retrykit.spring.idempotency.endpoint.servlet;

import dev.retrykit.spring.idempotency.endpoint.Endpoints;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/** Tracks, outside all other filters, what they read from the body of a request with a key. Changes nothing else. */
public final class ArrivalFilter extends OncePerRequestFilter {

    private final Endpoints endpoints;

    /** Creates a filter for the endpoints. */
    public ArrivalFilter(Endpoints endpoints) {
        this.endpoints = endpoints;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return request.getHeader(endpoints.header()) == null || !endpoints.areThere();
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        boolean isForm = request.getMethod().equals("POST")
                && isForm(request.getContentType())
                && request.getContentLengthLong() <= endpoints.maxBody();
        chain.doFilter(new ArrivingRequest(request, response, isForm, endpoints.maxBody()), response);
    }

    private static boolean isForm(String type) {
        return type != null && type.toLowerCase(Locale.ROOT).startsWith(MediaType.APPLICATION_FORM_URLENCODED_VALUE);
    }
}
