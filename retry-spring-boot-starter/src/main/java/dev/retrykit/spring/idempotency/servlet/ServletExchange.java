package dev.retrykit.spring.idempotency.servlet;

import dev.retrykit.spring.idempotency.HeldClaim;
import dev.retrykit.spring.idempotency.http.Endpoint;
import dev.retrykit.spring.idempotency.http.RefusedException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** One request that may be an endpoint's, from the innermost filter to the handler and back. */
final class ServletExchange {

    private static final Log LOG = LogFactory.getLog("dev.retrykit");

    private static final String NAME = ServletExchange.class.getName();

    private final HeldRequest request;
    private final HeldResponse response;
    private boolean decided;
    private boolean called;
    private @Nullable Endpoint endpoint;
    private @Nullable HeldClaim claim;
    private @Nullable RefusedException atEnd;
    private boolean unfinished;
    private boolean ended;

    ServletExchange(HttpServletRequest request, HttpServletResponse response) {
        this.request = new HeldRequest(request);
        this.response = new HeldResponse(response, request::isAsyncStarted);
        request.setAttribute(NAME, this);
    }

    HeldRequest request() {
        return request;
    }

    HeldResponse response() {
        return response;
    }

    /** That of a request; null if it didn't pass the filter. */
    static @Nullable ServletExchange of(ServletRequest request) {
        return (ServletExchange) request.getAttribute(NAME);
    }

    /** Its key was looked at, so its handler may be called. */
    void decided() {
        decided = true;
    }

    boolean isDecided() {
        return decided;
    }

    /** The handler's method is being called: before that the request can have had no effect. */
    void called() {
        called = true;
    }

    /** Whether a request with a key is being answered: what it is dispatched to next belongs to it. */
    boolean isKeyed() {
        return endpoint != null;
    }

    /** From now on the answer is held. */
    void hold(Endpoint keyed) {
        endpoint = keyed;
        response.hold(keyed.rules().maxBody(), keyed.rules().headers());
    }

    /** The handler may be called; null if it runs without a claim. */
    void claimed(@Nullable HeldClaim held) {
        claim = held;
    }

    /**
     * Something else than the handler's answer is given. Where a filter stands within this one, as in {@code MockMvc}, the
     * kept answer has passed it already, so it is written once that filter is done.
     */
    void answer(RefusedException refused, HttpServletResponse to) throws IOException {
        if (to == response || refused.answer() == null) {
            Answers.write(refused, to);
        } else {
            atEnd = refused;
        }
    }

    /** Its answer is no end: what the handler began goes on. */
    void unfinished() {
        unfinished = true;
    }

    /** It ended without an answer that is known. */
    void abandon() {
        if (claim != null && !ended) {
            ended = true;
            claim.abandon();
        }
    }

    /** No handler resolved what was thrown: the container answers. */
    void failed() {
        if (claim != null && !ended) {
            claim.release();
        }
        ended = true;
    }

    /** It is answered: the answer is kept before anybody gets it. */
    void end() throws IOException {
        if (ended) {
            return;
        }
        ended = true;
        Endpoint keyed = endpoint;
        if (keyed != null && claim != null) {
            settle(keyed, claim);
        }
        if (atEnd != null) {
            response.restart();
            Answers.write(atEnd, response);
        }
        if (response.isCutOff()) {
            LOG.warn(
                    "The answer to a request with an idempotency key is lost, since the container finished the response"
                            + " after a forward by ServletContext.getRequestDispatcher. Forward by"
                            + " HttpServletRequest.getRequestDispatcher or by a view named 'forward:'");
            throw new IllegalStateException("the response was finished before its body was written");
        }
        response.letGo();
    }

    private void settle(Endpoint keyed, HeldClaim held) throws IOException {
        if (unfinished) {
            held.abandon();
        } else if (!called && keyed.isGated()) {
            held.release(); // its arguments couldn't be made, or something else refused it
        } else {
            keyed.settle(held, response.getStatus(), response.answer());
        }
    }
}
