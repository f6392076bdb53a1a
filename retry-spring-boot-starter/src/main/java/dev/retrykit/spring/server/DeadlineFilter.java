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

/** Spring MVC filter: calls on a request's thread end before its caller stops waiting. */
public final class DeadlineFilter extends OncePerRequestFilter {

    private final CallerDeadlineReader deadlines;

    /** Creates a filter that reads deadlines with the given reader. */
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
     * Returns the request as the container created it. Filters that wrap it, such as Spring's for forwarded headers,
     * take the address from a header that any client can set.
     */
    private static ServletRequest accepted(ServletRequest request) {
        ServletRequest accepted = request;
        while (accepted instanceof ServletRequestWrapper wrapper) {
            accepted = wrapper.getRequest();
        }
        return accepted;
    }
}
