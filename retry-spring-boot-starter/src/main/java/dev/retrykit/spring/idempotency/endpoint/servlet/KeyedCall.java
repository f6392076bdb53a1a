package dev.retrykit.spring.idempotency.endpoint.servlet;

import dev.retrykit.spring.idempotency.endpoint.ClaimedCall;
import dev.retrykit.spring.idempotency.endpoint.Endpoint;
import dev.retrykit.spring.idempotency.endpoint.EndpointRequest;
import dev.retrykit.spring.idempotency.endpoint.Endpoints;
import dev.retrykit.spring.idempotency.endpoint.HandlerProxy;
import dev.retrykit.spring.idempotency.endpoint.KeyedRequest;
import dev.retrykit.spring.idempotency.endpoint.MethodSecurity;
import dev.retrykit.spring.idempotency.endpoint.ObservedHandlers;
import dev.retrykit.spring.idempotency.endpoint.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.regex.Pattern;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerAdapter;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.ModelAndView;

/**
 * One request with a key: claims the key and calls the handler, or refuses the request once the handler's method
 * security has granted access.
 */
record KeyedCall(Endpoints endpoints, Endpoint endpoint, Callee callee, ServletExchange exchange) {

    /**
     * The handler, and what calls it.
     *
     * @param adapter handles requests without keys
     * @param observed makes calls of the handler observable
     */
    record Callee(HandlerMethod handler, HandlerAdapter adapter, ObservedHandlers observed) {

        @Nullable
        ModelAndView call(HandlerMethod inItsPlace, HttpServletRequest request, HttpServletResponse response)
                throws Exception {
            return adapter.handle(request, response, inItsPlace);
        }
    }

    /** Signals that method security grants access. */
    private static final class Allowed extends RuntimeException {

        private static final long serialVersionUID = 1;

        static final Allowed YES = new Allowed();

        private Allowed() {
            super("allowed", null, false, false);
        }
    }

    /**
     * Handles the request.
     *
     * @throws RefusedException if the response is not that of the handler
     */
    @Nullable
    ModelAndView handle(String key, HttpServletRequest request, HttpServletResponse response) throws Exception {
        HandlerMethod handler = callee.handler();
        KeyedRequest keyed = keyed(key, request);
        exchange.hold(endpoint.rules());
        if (endpoint.isScopedByArguments()) {
            MethodSecurity security = endpoints.security(handler, endpoint);
            return callee.call(security.around(handler, call -> carriedOut(keyed, call), true), request, response);
        }
        ClaimedCall claimed;
        try {
            claimed = endpoint.claim(keyed, null);
        } catch (RefusedException refused) {
            return refused(refused, request, response);
        }
        if (claimed == null) {
            return callee.call(handler, request, response);
        }
        exchange.claimed(claimed);
        return callee.observed().call(handler, claimed, inItsPlace -> callee.call(inItsPlace, request, response));
    }

    private KeyedRequest keyed(String key, HttpServletRequest request) throws IOException {
        String host = request.getHeader(HttpHeaders.HOST);
        EndpointRequest arrived = new EndpointRequest(
                request.getMethod(),
                String.valueOf(request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE)),
                path(request),
                request.getQueryString(),
                request.getContentType(),
                host == null ? request.getServerName() : host,
                request.getUserPrincipal(),
                name -> Collections.list(request.getHeaders(name)));
        return new KeyedRequest(
                key,
                arrived,
                new Payload(endpoint, exchange.request()).fingerprint(arrived, callee.handler(), request));
    }

    /**
     * Returns the path without the session ID of a client that sends no cookies, whatever the name of its parameter.
     */
    private static String path(HttpServletRequest request) {
        String session = request.getRequestedSessionId();
        return session == null || !request.isRequestedSessionIdFromURL()
                ? request.getRequestURI()
                : request.getRequestURI().replaceFirst(";[^;/=]*=" + Pattern.quote(session) + "(?=[;/]|$)", "");
    }

    /** Runs the handler once its arguments are resolved. */
    private @Nullable Object carriedOut(KeyedRequest keyed, MethodInvocation call) throws Throwable {
        HandlerMethod handler = callee.handler();
        ClaimedCall.Body body = () -> HandlerProxy.called(handler.getBean(), handler.getMethod(), call.getArguments());
        ClaimedCall claimed = endpoint.claim(keyed, call.getArguments());
        if (claimed == null) {
            return body.run();
        }
        exchange.claimed(claimed);
        return claimed.run(handler, body);
    }

    /**
     * Reveals the state of the key only to callers with access to the handler. Any other response of method security is
     * the response.
     */
    private @Nullable ModelAndView refused(
            RefusedException refused, HttpServletRequest request, HttpServletResponse response) throws Exception {
        MethodSecurity security = endpoints.security(callee.handler(), endpoint);
        if (security.isEmpty()) {
            throw refused;
        }
        HandlerMethod asked = security.around(callee.handler(), KeyedCall::allowed, false);
        try {
            if (!security.needsArguments()) {
                security.ask(asked, -1, null);
            }
            return callee.call(asked, request, response);
        } catch (Allowed yes) {
            throw refused;
        } catch (MethodArgumentNotValidException invalid) {
            askAboutInvalid(invalid, security, asked, refused);
            throw invalid;
        }
    }

    private static Object allowed(MethodInvocation call) {
        throw Allowed.YES;
    }

    /** An argument that can be resolved but is no longer valid does not prevent a replay. */
    private static void askAboutInvalid(
            MethodArgumentNotValidException invalid,
            MethodSecurity security,
            HandlerMethod asked,
            RefusedException refused)
            throws Exception {
        if (security.needsOnly(invalid.getParameter())) {
            int index = invalid.getParameter().getParameterIndex();
            try {
                security.ask(asked, index, invalid.getBindingResult().getTarget());
            } catch (Allowed yes) {
                throw refused;
            }
        }
    }
}
