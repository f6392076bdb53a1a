package dev.retrykit.sample;

import dev.retrykit.sample.fault.Dice;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.core.annotation.Order;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

/** Simulates lost responses: the payment was made, and its response is lost, so that the caller retries. */
@Order(0)
class LostResponses extends OncePerRequestFilter {

    private final Dice dice;
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private volatile double rate;

    LostResponses(Dice dice) {
        this.dice = dice;
    }

    /** The configured loss rate, and the number of requests and lost responses. */
    record Report(double rate, long requests, long lost) {}

    Report lose(double share) {
        rate = share;
        requests.set(0);
        lost.set(0);
        return report();
    }

    Report report() {
        return new Report(rate, requests.get(), lost.get());
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getMethod().equals("POST") || !request.getRequestURI().equals("/payments");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        requests.incrementAndGet();
        if (rate == 0 || dice.roll() >= rate) {
            chain.doFilter(request, response);
            return;
        }
        lost.incrementAndGet();
        chain.doFilter(request, new ContentCachingResponseWrapper(response));
        response.reset();
        response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
    }
}
