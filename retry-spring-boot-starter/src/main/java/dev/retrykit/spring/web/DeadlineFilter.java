package dev.retrykit.spring.web;

import dev.retrykit.CallerDeadline;
import dev.retrykit.RetryContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.OncePerRequestFilter;

/** Spring MVC: what begins on a request's thread ends before its caller stops waiting. */
public final class DeadlineFilter extends OncePerRequestFilter {

    private final Deadlines deadlines;

    /** For callers that are believed. */
    public DeadlineFilter(Deadlines deadlines) {
        this.deadlines = deadlines;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        CallerDeadline deadline = deadlines.of(peer(request), name -> Collections.list(request.getHeaders(name)));
        if (deadline == null) {
            chain.doFilter(request, response);
        } else if (deadline.left().isZero()) {
            GivenUpResolver.write(Problem.timeUp(), response);
        } else {
            try (RetryContext.Scope scope = deadline.enter()) {
                chain.doFilter(request, response);
            }
        }
    }

    /** A container gives an address and never a name here, so nothing is looked up. */
    private static @Nullable InetAddress peer(HttpServletRequest request) {
        String address = request.getRemoteAddr();
        try {
            return address == null || !AddressRange.isLiteral(address) ? null : InetAddress.getByName(address);
        } catch (UnknownHostException none) {
            return null;
        }
    }
}
