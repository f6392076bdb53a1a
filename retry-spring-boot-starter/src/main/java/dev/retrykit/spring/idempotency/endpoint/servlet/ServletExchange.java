package dev.retrykit.spring.idempotency.endpoint.servlet;

import dev.retrykit.spring.idempotency.ActiveClaim;
import dev.retrykit.spring.idempotency.IdempotencyRules;
import dev.retrykit.spring.idempotency.endpoint.ClaimedCall;
import dev.retrykit.spring.idempotency.endpoint.RefusedException;
import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.server.Problem;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.async.WebAsyncManager;
import org.springframework.web.context.request.async.WebAsyncUtils;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * The state of one request that may be an endpoint's, from the innermost filter to the handler and back. Written by the
 * container's request thread. The thread that completes an asynchronous request reads it.
 */
final class ServletExchange {

    private static final Log LOG = LogFactory.getLog("dev.retrykit");

    private static final String NAME = ServletExchange.class.getName();

    private final BufferedRequest request;
    private final BufferedResponse response;
    private boolean keyed;
    private volatile @Nullable ClaimedCall call;
    private ActiveClaim.@Nullable Binding binding;
    private @Nullable RefusedException atEnd;

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

    /** Returns the exchange of a request; null if it did not pass the filter. */
    static @Nullable ServletExchange of(ServletRequest request) {
        return (ServletExchange) request.getAttribute(NAME);
    }

    /** Returns the call that holds the claim; empty before the claim, and if the request runs without one. */
    Optional<ClaimedCall> call() {
        return Optional.ofNullable(call);
    }

    /** Whether a request with a key is in progress; what it is dispatched to next belongs to it. */
    boolean isKeyed() {
        return keyed;
    }

    /** Starts buffering the response of a request with a key. */
    void hold(IdempotencyRules rules) {
        keyed = true;
        response.hold(rules.maxBody(), rules.headers());
    }

    /**
     * Sets the claimed call before the handler is called. Until the thread leaves, its transactions belong to the
     * claim, including those of views and exception handlers.
     */
    void claimed(ClaimedCall claimed) {
        call = claimed;
        request.setAttribute(Problem.KEYED, true);
        enterThread();
    }

    /** Binds the claim to the current thread. */
    void enterThread() {
        if (binding == null) {
            binding = call().map(ClaimedCall::bind).orElse(null);
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

    /** Reports the result of an asynchronous handler, when the request is dispatched again. */
    void resumed(HttpServletRequest dispatched) {
        WebAsyncManager manager = WebAsyncUtils.getAsyncManager(dispatched);
        if (manager.hasConcurrentResult() && manager.getConcurrentResult() instanceof Throwable) {
            call().ifPresent(ClaimedCall::incomplete);
        }
    }

    /** Handles an exception that no handler resolved, so that the container responds. */
    void failed() {
        call().ifPresent(ClaimedCall::failedLater);
        settle(HttpServletResponse.SC_INTERNAL_SERVER_ERROR, null);
    }

    /** Handles the end of the request: stores the response before it is sent. */
    void end() throws IOException {
        if (request.getAttribute(DispatcherServlet.EXCEPTION_ATTRIBUTE) != null) {
            call().ifPresent(ClaimedCall::failedLater); // an exception handler has handled it
        }
        settle(response.getStatus(), call == null ? null : response.answer());
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

    private void settle(int status, @Nullable Answer answer) {
        call().flatMap(claimed -> claimed.end(status, answer)).ifPresent(Runnable::run);
    }
}
