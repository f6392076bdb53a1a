package dev.retrykit.spring.idempotency.endpoint.servlet;

import dev.retrykit.spring.idempotency.ActiveClaim;
import dev.retrykit.spring.idempotency.IdempotencyRules;
import dev.retrykit.spring.idempotency.endpoint.Endpoint;
import dev.retrykit.spring.idempotency.endpoint.RefusedException;
import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.server.Problem;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * One request that may be an endpoint's, from the innermost filter to the handler and back. Its state is written by the
 * thread that a container has given the request, and at its end by the thread that completes it.
 */
final class ServletExchange {

    private static final Log LOG = LogFactory.getLog("dev.retrykit");

    private static final String NAME = ServletExchange.class.getName();

    private final BufferedRequest request;
    private final BufferedResponse response;
    private final HandlerCall call = new HandlerCall();
    private @Nullable Endpoint endpoint;
    private volatile @Nullable ActiveClaim claim;
    private ActiveClaim.@Nullable Binding binding;
    private @Nullable RefusedException atEnd;
    private int commitsBefore = -1;
    private volatile boolean timedOut;
    private volatile boolean settled;

    ServletExchange(HttpServletRequest request, HttpServletResponse response) {
        this.request = new BufferedRequest(request);
        this.response = new BufferedResponse(response, request::isAsyncStarted);
        this.request.answeredBy(this.response);
        request.setAttribute(NAME, this);
    }

    BufferedRequest request() {
        return request;
    }

    BufferedResponse response() {
        return response;
    }

    /** What is known of the handler's call. */
    HandlerCall call() {
        return call;
    }

    /** That of a request; null if it didn't pass the filter. */
    static @Nullable ServletExchange of(ServletRequest request) {
        return (ServletExchange) request.getAttribute(NAME);
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

    /**
     * The handler may be called. Until the thread leaves, its transactions are the claim's: those of views and of exception
     * handlers too.
     *
     * @param held null if it runs without a claim
     */
    void claimed(@Nullable ActiveClaim held) {
        claim = held;
        if (held != null) {
            request.setAttribute(Problem.KEYED, true);
        }
        enterThread();
    }

    /** Another handler, or a view, goes on with it. */
    void forwards() {
        ActiveClaim held = claim;
        if (held != null && commitsBefore < 0) {
            commitsBefore = held.commits();
        }
    }

    /** A thread works for the claim. */
    void enterThread() {
        ActiveClaim held = claim;
        if (held != null && binding == null) {
            binding = held.bind();
        }
    }

    /** The thread is done with it; an asynchronous answer may come later, on another one. */
    void leaveThread() {
        if (binding != null) {
            binding.close();
            binding = null;
        }
    }

    /**
     * Something else than the handler's answer is given. It is written at the end, over whatever interceptors, and filters
     * within this one, have made of it: they had done so before an answer was kept, and may fail after a refusal. A part of
     * a request without a key is written where it belongs.
     */
    void answer(RefusedException refused, IdempotencyRules rules, HttpServletRequest by, HttpServletResponse to)
            throws IOException {
        DispatcherType type = by.getDispatcherType();
        if (!isKeyed() && type != DispatcherType.REQUEST && type != DispatcherType.ASYNC) {
            ResponseWriter.write(refused, to);
            return;
        }
        response.hold(rules.maxBody(), rules.headers());
        atEnd = refused;
    }

    /** Its time is over: what the handler began goes on. */
    void timedOut() {
        timedOut = true;
    }

    /** It ended without an answer that is known. */
    void abandon() {
        ActiveClaim held = claim;
        if (held != null && !settled) {
            settled = true;
            held.abandon();
        }
    }

    /** No handler resolved what was thrown: the container answers. */
    void failed() {
        ActiveClaim held = claim;
        Endpoint keyed = endpoint;
        if (held != null && keyed != null && !settled) {
            settled = true;
            call.failedLater();
            settle(keyed, held, HttpServletResponse.SC_INTERNAL_SERVER_ERROR, null);
        }
    }

    /** It is answered: the answer is kept before anybody gets it. */
    void end() throws IOException {
        ActiveClaim held = claim;
        Endpoint keyed = endpoint;
        if (keyed != null && held != null && !settled) {
            settled = true;
            call.look(request);
            settle(keyed, held, response.getStatus(), response.answer());
        }
        if (atEnd != null) {
            response.restart();
            ResponseWriter.write(atEnd, response);
            atEnd = null;
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

    private void settle(Endpoint keyed, ActiveClaim held, int status, @Nullable Answer answer) {
        if (!call.isEntered()) {
            held.release(); // its arguments couldn't be made, or something before it refused the request
        } else if (timedOut && !Endpoint.isKept(status)) {
            held.abandon();
        } else if (call.isAnswerLost() && !Endpoint.isKept(status) && !wentOn(held)) {
            held.complete(null);
        } else {
            keyed.settle(held, status, answer);
        }
    }

    /** Whether what was forwarded to has committed something: the handler's work wasn't done when it returned. */
    private boolean wentOn(ActiveClaim held) {
        return commitsBefore >= 0 && held.commits() > commitsBefore;
    }
}
