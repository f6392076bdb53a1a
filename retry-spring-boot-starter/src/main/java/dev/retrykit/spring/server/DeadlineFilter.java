package dev.retrykit.spring.server;

import dev.retrykit.CallerDeadline;
import dev.retrykit.event.Scope;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Collections;
import org.springframework.web.filter.OncePerRequestFilter;

/** Spring MVC: what begins on a request's thread ends before its caller stops waiting. */
public final class DeadlineFilter extends OncePerRequestFilter {

    private final CallerDeadlineReader deadlines;

    /** For callers that are believed. */
    public DeadlineFilter(CallerDeadlineReader deadlines) {
        this.deadlines = deadlines;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        InetAddress peer = AddressRange.literal(accepted(request).getRemoteAddr());
        CallerDeadline deadline = deadlines.of(peer, name -> Collections.list(request.getHeaders(name)));
        if (deadline == null) {
            chain.doFilter(request, response);
        } else if (deadline.left().isZero()) {
            ExhaustedFailureResolver.write(Problem.timeUp(), response);
        } else {
            try (Scope scope = deadline.enter()) {
                chain.doFilter(request, response);
            }
        }
    }

    /**
     * The request as the container gives it. Filters that wrap it, such as Spring's for forwarded headers, make an address
     * of a header that anybody can write.
     */
    private static ServletRequest accepted(ServletRequest request) {
        ServletRequest accepted = request;
        while (accepted instanceof ServletRequestWrapper wrapper) {
            accepted = wrapper.getRequest();
        }
        return accepted;
    }
}
