package dev.retrykit.spring.idempotency.servlet;

import dev.retrykit.failure.Causes;
import dev.retrykit.spring.idempotency.ClaimLostException;
import dev.retrykit.spring.idempotency.IdempotencyRules;
import dev.retrykit.spring.idempotency.http.Endpoint;
import dev.retrykit.spring.idempotency.http.Endpoints;
import dev.retrykit.spring.idempotency.http.Refusals;
import dev.retrykit.spring.idempotency.http.RefusedException;
import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.web.GivenUpResolver;
import dev.retrykit.spring.web.Problem;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.context.request.async.AsyncRequestTimeoutException;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Within the servlet: knows which requests are an endpoint's, and answers those that aren't carried out. */
public final class IdempotentMvc implements WebMvcConfigurer, HandlerInterceptor, HandlerExceptionResolver {

    private final Endpoints endpoints;

    /** For the endpoints that there are. */
    public IdempotentMvc(Endpoints endpoints) {
        this.endpoints = endpoints;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).order(Ordered.HIGHEST_PRECEDENCE);
    }

    /** Before the application's handlers of exceptions, which may handle any. */
    @Override
    public void extendHandlerExceptionResolvers(List<HandlerExceptionResolver> resolvers) {
        resolvers.add(0, this);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws IOException, ServletException {
        Endpoint endpoint = handler instanceof HandlerMethod method ? endpoints.find(method) : null;
        if (endpoint == null) {
            return true;
        }
        ServletExchange exchange = ServletExchange.of(request);
        if (exchange == null) {
            throw new IllegalStateException(
                    "A request came to an idempotent endpoint without passing the filter 'retrykitIdempotencyFilter'.");
        }
        if (exchange.isArmed()) {
            return true;
        }
        try {
            String key = endpoint.key(
                    Collections.list(request.getHeaders(endpoint.rules().header())));
            if (key != null) {
                exchange.arm(endpoint, key, request.getMethod() + " " + pattern(request));
            }
            return true;
        } catch (RefusedException refused) {
            write(refused, response);
            return false;
        }
    }

    private static String pattern(HttpServletRequest request) {
        return String.valueOf(request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE));
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception failure) {
        ServletExchange exchange = ServletExchange.of(request);
        if (exchange == null || !exchange.isArmed()) {
            return null;
        }
        if (failure instanceof AsyncRequestTimeoutException || failure instanceof AsyncRequestNotUsableException) {
            exchange.unfinished();
            return null;
        }
        for (Throwable link : Causes.chain(failure)) {
            if (link instanceof RefusedException refused) {
                return answered(() -> write(refused, response));
            }
            if (link instanceof ClaimLostException) {
                return answered(() -> GivenUpResolver.write(Refusals.lost(), response));
            }
        }
        return null;
    }

    @FunctionalInterface
    private interface Write {

        void run() throws IOException;
    }

    private static ModelAndView answered(Write write) {
        try {
            write.run();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
        return new ModelAndView();
    }

    private static void write(RefusedException refused, HttpServletResponse response) throws IOException {
        Problem problem = refused.problem();
        Answer answer = refused.answer();
        if (problem != null) {
            GivenUpResolver.write(problem, response);
        } else if (answer != null) {
            response.setHeader(IdempotencyRules.REPLAYED, "true");
            write(answer, response);
        }
    }

    private static void write(Answer answer, HttpServletResponse response) throws IOException {
        if (answer.error()) {
            response.sendError(answer.status(), new String(answer.body(), StandardCharsets.UTF_8));
            return;
        }
        response.setStatus(answer.status());
        answer.headers().forEach(header -> response.addHeader(header.name(), header.value()));
        if (answer.body().length > 0) {
            response.setContentLength(answer.body().length);
            response.getOutputStream().write(answer.body());
        }
    }
}
