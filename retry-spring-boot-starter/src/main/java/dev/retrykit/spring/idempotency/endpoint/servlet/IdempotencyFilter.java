package dev.retrykit.spring.idempotency.endpoint.servlet;

import dev.retrykit.spring.idempotency.endpoint.ClaimedCall;
import dev.retrykit.spring.idempotency.endpoint.Endpoints;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.context.request.async.WebAsyncUtils;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Buffers the response around the servlet, inside all other filters: only here views, exception handlers and {@code
 * sendError} are visible. The decision is made by {@link EndpointAdapter}.
 *
 * <p>A container places filters that are mapped to a servlet's name after all filters that are mapped to URLs.
 * Therefore other filters treat a first call and its repeat alike.
 */
public final class IdempotencyFilter extends OncePerRequestFilter {

    private final Endpoints endpoints;

    /** Creates a filter for the endpoints. */
    public IdempotencyFilter(Endpoints endpoints) {
        this.endpoints = endpoints;
    }

    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !endpoints.mayBe(request.getMethod()) && request.getHeader(endpoints.header()) == null;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        ServletExchange known = isAsyncDispatch(request) ? ServletExchange.of(request) : null;
        ServletExchange exchange = known == null ? new ServletExchange(request, response) : known;
        boolean returned = false;
        try {
            if (known == null) {
                chain.doFilter(exchange.request(), exchange.response());
            } else {
                known.enterThread();
                chain.doFilter(request, response);
            }
            returned = true;
        } finally {
            exchange.leaveThread();
            if (!returned) {
                exchange.failed();
            }
        }
        if (!request.isAsyncStarted()) {
            exchange.end();
        } else if (exchange.isKeyed()) {
            boolean byHand = !WebAsyncUtils.getAsyncManager(request).isConcurrentHandlingStarted();
            if (byHand) {
                exchange.response().letGo();
            }
            request.getAsyncContext().addListener(new Later(exchange, byHand));
        }
    }

    /**
     * Handles the end of an asynchronous request that is not dispatched again.
     *
     * @param byHand whether the application writes the response itself, in its own time
     */
    private record Later(ServletExchange exchange, boolean byHand) implements AsyncListener {

        @Override
        public void onComplete(AsyncEvent event) throws IOException {
            if (byHand) {
                exchange.end();
            } else {
                exchange.call().ifPresent(call -> call.cancel(Runnable::run)); // the client has disconnected
            }
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            exchange.call().ifPresent(ClaimedCall::timedOut);
        }

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this);
        }
    }
}
