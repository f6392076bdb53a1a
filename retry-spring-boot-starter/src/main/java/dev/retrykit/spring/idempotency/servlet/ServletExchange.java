package dev.retrykit.spring.idempotency.servlet;

import dev.retrykit.spring.idempotency.HeldClaim;
import dev.retrykit.spring.idempotency.http.Endpoint;
import dev.retrykit.spring.idempotency.http.Fingerprint;
import dev.retrykit.spring.idempotency.http.KeyedRequest;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.security.Principal;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/** One request that may be an endpoint's, from the filter to the controller and back. */
final class ServletExchange {

    private static final String NAME = ServletExchange.class.getName();
    private static final int PIECE = 8_192;

    private final HeldRequest request;
    private final HeldResponse response;
    private @Nullable KeyedRequest armed;
    private @Nullable HeldClaim claim;
    private HeldClaim.@Nullable Binding binding;
    private boolean unfinished;
    private boolean ended;

    ServletExchange(HeldRequest request, HeldResponse response) {
        this.request = request;
        this.response = response;
        request.setAttribute(NAME, this);
    }

    HeldRequest request() {
        return request;
    }

    HeldResponse response() {
        return response;
    }

    /** That of a request; null if it can't be an endpoint's. */
    static @Nullable ServletExchange of(HttpServletRequest request) {
        return (ServletExchange) request.getAttribute(NAME);
    }

    /** That of the request on this thread; null if there is none. */
    static @Nullable ServletExchange current() {
        return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes
                ? of(attributes.getRequest())
                : null;
    }

    boolean isArmed() {
        return armed != null;
    }

    /** Whether it is an endpoint's whose controller hasn't been called yet. */
    boolean waitsFor(Method method) {
        return armed != null && armed.isFor(method) && claim == null;
    }

    /** It is an endpoint's: what the request consists of is read, and what is answered is held. */
    void arm(Endpoint endpoint, String key, String route) throws IOException, ServletException {
        armed = new KeyedRequest(endpoint, key, route, fingerprint(endpoint));
        response.hold(endpoint.rules().maxBody());
    }

    private String fingerprint(Endpoint endpoint) throws IOException, ServletException {
        Fingerprint print = new Fingerprint(
                request.getMethod(), request.getRequestURI(), request.getQueryString(), request.getContentType());
        if (print.isMultipart()) {
            for (Part part : request.getParts()) {
                addPart(part, print);
            }
        } else if (print.isForm()) {
            for (Map.Entry<String, String[]> field : new TreeMap<>(request.getParameterMap()).entrySet()) {
                print.part(field.getKey(), String.valueOf(field.getValue().length));
                print.part(field.getValue());
            }
        } else {
            byte[] body = request.hold(endpoint.rules().maxBody());
            if (body == null) {
                throw endpoint.tooLarge();
            }
            print.body(body);
        }
        return print.hex();
    }

    private static void addPart(Part part, Fingerprint print) throws IOException {
        print.part(
                part.getName(),
                String.valueOf(part.getSubmittedFileName()),
                String.valueOf(part.getContentType()),
                String.valueOf(part.getSize()));
        try (InputStream content = part.getInputStream()) {
            byte[] piece = content.readNBytes(PIECE);
            while (piece.length > 0) {
                print.content(piece);
                piece = content.readNBytes(PIECE);
            }
        }
    }

    /** The caller may call the controller: decides whether that happens. */
    void enter(@Nullable Object[] arguments) {
        KeyedRequest known = armed;
        if (known == null) {
            return;
        }
        Principal caller = request.getUserPrincipal();
        claim = known.open(caller == null ? null : caller.getName(), arguments);
        if (claim != null) {
            binding = claim.bind();
        }
    }

    /** The thread is done with it; an asynchronous answer may come later, on another one. */
    void leaveThread() {
        if (binding != null) {
            binding.close();
            binding = null;
        }
    }

    /** Its answer is no end: what the controller began goes on. */
    void unfinished() {
        unfinished = true;
    }

    /** It ended without an answer that is known. */
    void abandon() {
        if (claim != null && !ended) {
            claim.abandon();
        }
    }

    /** No handler resolved what was thrown: the container answers. */
    void failed() {
        ended = true;
        if (claim != null) {
            claim.release();
        }
    }

    /** It is answered: the answer is kept before anybody gets it. */
    void end() throws IOException {
        if (ended) {
            return;
        }
        ended = true;
        KeyedRequest known = armed;
        if (known != null && claim != null) {
            settle(known.endpoint(), claim);
        }
        response.letGo();
    }

    private void settle(Endpoint endpoint, HeldClaim held) throws IOException {
        if (unfinished) {
            held.abandon();
        } else {
            endpoint.settle(
                    held, response.getStatus(), response.answer(endpoint.rules().headers()));
        }
    }
}
