package dev.retrykit.spring.server;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.annotation.ResponseStatusExceptionResolver;

/**
 * Spring MVC exception resolver for failures that a policy gave up on. Runs after the application's exception handlers,
 * and before the resolvers that map exceptions by their types.
 */
public final class ExhaustedFailureResolver implements HandlerExceptionResolver, WebMvcConfigurer {

    /** Creates a resolver. */
    public ExhaustedFailureResolver() {}

    @Override
    public void extendHandlerExceptionResolvers(List<HandlerExceptionResolver> resolvers) {
        int index = 0;
        while (index < resolvers.size() && !(resolvers.get(index) instanceof ResponseStatusExceptionResolver)) {
            index++;
        }
        resolvers.add(index, this);
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception failure) {
        Problem problem = response.isCommitted() ? null : problem(failure, request);
        if (problem == null) {
            return null;
        }
        try {
            write(problem, response);
        } catch (IOException gone) {
            // the client has disconnected
        }
        return new ModelAndView();
    }

    private static @Nullable Problem problem(Exception failure, HttpServletRequest request) {
        return ExhaustedFailure.problem(
                failure,
                InboundRequestFilter.inbound(request),
                request.getMethod(),
                request.getAttribute(Problem.KEYED) != null);
    }

    /** Exposes the library's headers to pages of another origin that may read the response. */
    public static void expose(HttpServletResponse response) {
        if (response.getHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN) != null) {
            response.addHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, Problem.EXPOSED);
        }
    }

    /** Writes the problem to the response. */
    public static void write(Problem problem, HttpServletResponse response) throws IOException {
        byte[] body = problem.body();
        response.setStatus(problem.status());
        response.setHeader(problem.header(), problem.value());
        expose(response);
        response.setContentType(Problem.TYPE.toString());
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
