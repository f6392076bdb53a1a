package dev.retrykit.spring.idempotency.endpoint.servlet;

import dev.retrykit.spring.idempotency.ActiveClaim;
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
 * One request with a key: claims it and lets its handler be called, or refuses it, once the handler's method security allows
 * that.
 */
record KeyedCall(Endpoints endpoints, Endpoint endpoint, Callee callee, ServletExchange exchange) {

    /**
     * The handler, and what calls it.
     *
     * @param adapter handles requests without keys
     * @param observed makes its calls seen
     */
    record Callee(HandlerMethod handler, HandlerAdapter adapter, ObservedHandlers observed) {

        @Nullable
        ModelAndView call(HandlerMethod inItsPlace, HttpServletRequest request, HttpServletResponse response)
                throws Exception {
            return adapter.handle(request, response, inItsPlace);
        }
    }

    /** Says that method security allows the call. */
    private static final class Allowed extends RuntimeException {

        private static final long serialVersionUID = 1;

        static final Allowed YES = new Allowed();

        private Allowed() {
            super("allowed", null, false, false);
        }
    }

    /**
     * Handles it.
     *
     * @throws RefusedException if something else than the handler's answer is to be given
     */
    @Nullable
    ModelAndView handle(String key, HttpServletRequest request, HttpServletResponse response) throws Exception {
        HandlerMethod handler = callee.handler();
        KeyedRequest keyed = keyed(key, request);
        exchange.hold(endpoint);
        if (endpoint.isScopedByArguments()) {
            MethodSecurity security = endpoints.security(handler, endpoint);
            return callee.call(security.around(handler, call -> carriedOut(keyed, call), true), request, response);
        }
        ActiveClaim claim;
        try {
            claim = keyed.claim(null);
        } catch (RefusedException refused) {
            return refused(refused, request, response);
        }
        exchange.claimed(claim);
        HandlerMethod observed = callee.observed().find(handler);
        if (observed == null) {
            exchange.call().unseen();
            return callee.call(handler, request, response);
        }
        try (HandlerCall.Scope scope = exchange.call().expect()) {
            ModelAndView result = callee.call(observed, request, response);
            exchange.call().returned();
            return result;
        }
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
                endpoint,
                key,
                arrived,
                new Payload(endpoint, exchange.request()).fingerprint(arrived, callee.handler(), request));
    }

    /** Without the session of a client that sends no cookies, whatever the application calls it. */
    private static String path(HttpServletRequest request) {
        String session = request.getRequestedSessionId();
        return session == null || !request.isRequestedSessionIdFromURL()
                ? request.getRequestURI()
                : request.getRequestURI().replaceFirst(";[^;/=]*=" + Pattern.quote(session) + "(?=[;/]|$)", "");
    }

    /** The arguments are there, and the handler may be called with them. */
    private @Nullable Object carriedOut(KeyedRequest keyed, MethodInvocation call) throws Throwable {
        HandlerMethod handler = callee.handler();
        exchange.claimed(keyed.claim(call.getArguments()));
        return exchange.call()
                .run(handler, () -> HandlerProxy.called(handler.getBean(), handler.getMethod(), call.getArguments()));
    }

    /** Only who may call the handler learns what became of the key. Whatever else security answers is the answer. */
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

    /** An argument that is there but isn't valid any more doesn't refuse a repeat. */
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
