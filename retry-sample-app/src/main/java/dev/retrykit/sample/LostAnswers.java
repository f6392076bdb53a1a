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

/** What makes a payment be tried again: it was made, and its answer is lost on the way. */
@Order(0)
class LostAnswers extends OncePerRequestFilter {

    private final Dice dice;
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private volatile double rate;

    LostAnswers(Dice dice) {
        this.dice = dice;
    }

    /** Which share of the answers is lost, and how many were. */
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
