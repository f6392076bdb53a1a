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
 * The state of one request that may be an endpoint's, from the innermost filter to the handler and back. Written by the
 * container's request thread, and at the end by the thread that completes the request.
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

    /** Returns the progress of the handler's call. */
    HandlerCall call() {
        return call;
    }

    /** Returns the exchange of a request; null if it did not pass the filter. */
    static @Nullable ServletExchange of(ServletRequest request) {
        return (ServletExchange) request.getAttribute(NAME);
    }

    /** Whether a request with a key is in progress; what it is dispatched to next belongs to it. */
    boolean isKeyed() {
        return endpoint != null;
    }

    /** Starts buffering the response. */
    void hold(Endpoint keyed) {
        endpoint = keyed;
        response.hold(keyed.rules().maxBody(), keyed.rules().headers());
    }

    /**
     * Sets the claim before the handler is called. Until the thread leaves, its transactions belong to the claim,
     * including those of views and exception handlers.
     *
     * @param held null if the request runs without a claim
     */
    void claimed(@Nullable ActiveClaim held) {
        claim = held;
        if (held != null) {
            request.setAttribute(Problem.KEYED, true);
        }
        enterThread();
    }

    /** Reports a forward to another handler or a view. */
    void forwards() {
        ActiveClaim held = claim;
        if (held != null && commitsBefore < 0) {
            commitsBefore = held.commits();
        }
    }

    /** Binds the claim to the current thread. */
    void enterThread() {
        ActiveClaim held = claim;
        if (held != null && binding == null) {
            binding = held.bind();
        }
    }

    /** Unbinds the claim from the thread; an asynchronous response may follow on another thread. */
    void leaveThread() {
        if (binding != null) {
            binding.close();
            binding = null;
        }
    }

    /**
     * Sets a response that replaces that of the handler. It is written at the end, over what interceptors and inner
     * filters wrote: they had run before a response was stored, and may fail after a refusal. For a nested dispatch
     * without a key, it is written immediately.
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

    /** Reports a timeout; what the handler has started continues. */
    void timedOut() {
        timedOut = true;
    }

    /** Ends the claim without a known response. */
    void abandon() {
        ActiveClaim held = claim;
        if (held != null && !settled) {
            settled = true;
            held.abandon();
        }
    }

    /** Handles an exception that no handler resolved, so that the container responds. */
    void failed() {
        ActiveClaim held = claim;
        Endpoint keyed = endpoint;
        if (held != null && keyed != null && !settled) {
            settled = true;
            call.failedLater();
            settle(keyed, held, HttpServletResponse.SC_INTERNAL_SERVER_ERROR, null);
        }
    }

    /** Handles the end of the request: stores the response before it is sent. */
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
            LOG.warn("The response to a request with an idempotency key is lost, because the container"
                    + " finished the response after a forward through ServletContext.getRequestDispatcher."
                    + " Forward through HttpServletRequest.getRequestDispatcher or a view named 'forward:'");
            throw new IllegalStateException("the response was finished before its body was written");
        }
        response.letGo();
    }

    private void settle(Endpoint keyed, ActiveClaim held, int status, @Nullable Answer answer) {
        if (!call.isEntered()) {
            held.release(); // its arguments could not be resolved, or something refused the request before the call
        } else if (timedOut && !Endpoint.isKept(status)) {
            held.abandon();
        } else if (call.isAnswerLost() && !Endpoint.isKept(status) && !wentOn(held)) {
            held.complete(null);
        } else {
            keyed.settle(held, status, answer);
        }
    }

    /**
     * Whether the target of a forward has committed a transaction: then the handler's work was not done when it
     * returned.
     */
    private boolean wentOn(ActiveClaim held) {
        return commitsBefore >= 0 && held.commits() > commitsBefore;
    }
}
