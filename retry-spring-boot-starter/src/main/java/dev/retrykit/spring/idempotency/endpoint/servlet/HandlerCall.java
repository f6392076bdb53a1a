package dev.retrykit.spring.idempotency.endpoint.servlet;

import dev.retrykit.spring.idempotency.endpoint.AccessDenials;
import dev.retrykit.spring.idempotency.endpoint.InvalidArguments;
import jakarta.servlet.http.HttpServletRequest;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.async.WebAsyncManager;
import org.springframework.web.context.request.async.WebAsyncUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * Tracks the progress of a handler's call, outside the bean's proxy. Before the handler is entered, a request cannot
 * have had an effect. Once it has returned, the request has had its effect, whatever happens to the response.
 */
final class HandlerCall {

    private static final ThreadLocal<@Nullable HandlerCall> CURRENT = new ThreadLocal<>();

    private final AccessDenials denials = new AccessDenials();
    private volatile State state = State.NOT_REACHED;

    /** The progress, in order. */
    private enum State {

        /** The arguments are not resolved, or the bean's proxy has rejected them. */
        NOT_REACHED,

        /** The call may have started to have an effect. */
        ENTERED,

        /** The handler has returned, perhaps a result that is not complete yet. */
        RETURNED,

        /** The handler has returned, and a later step has failed. */
        FAILED_LATER
    }

    /** Reports that the call cannot be observed. */
    void unseen() {
        state = State.ENTERED;
    }

    /** Expects the call on this thread until the scope is closed. */
    Scope expect() {
        HandlerCall before = CURRENT.get();
        CURRENT.set(this);
        return () -> {
            if (before == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(before);
            }
        };
    }

    /** The scope in which the call is expected. Closed on the same thread. */
    interface Scope extends AutoCloseable {

        @Override
        void close();
    }

    /** Calls a handler as the call that this thread expects. */
    static @Nullable Object observe(HandlerMethod handler, MethodInvocation invocation) throws Throwable {
        HandlerCall expected = CURRENT.get();
        return expected == null
                ? invocation.proceed()
                : expected.run(handler, () -> expected.denials.proceed(handler, invocation));
    }

    /**
     * Reports that the caller of the handler has finished: if no call was observed, there may have been one
     * nevertheless.
     */
    void returned() {
        if (state == State.NOT_REACHED) {
            state = State.ENTERED;
        }
    }

    /** Runs the handler. */
    @FunctionalInterface
    interface Body {

        @Nullable
        Object run() throws Throwable;
    }

    /** Runs the handler and records its progress. */
    @Nullable
    Object run(HandlerMethod handler, Body body) throws Throwable {
        state = State.ENTERED;
        try {
            Object result = body.run();
            state = State.RETURNED;
            return result;
        } catch (Throwable failure) {
            if (InvalidArguments.areWhy(failure, handler)) {
                state = State.NOT_REACHED;
            }
            throw failure;
        }
    }

    /** Reports that writing the response, or a later step, has failed. */
    void failedLater() {
        if (state == State.RETURNED) {
            state = State.FAILED_LATER;
        }
    }

    /** Records the result of an asynchronous handler when the request is dispatched again. */
    void concluded(HttpServletRequest request) {
        WebAsyncManager manager = WebAsyncUtils.getAsyncManager(request);
        if (manager.hasConcurrentResult() && manager.getConcurrentResult() instanceof Throwable) {
            state = State.ENTERED;
        }
    }

    /** Checks at the end whether an exception handler has handled a failure. */
    void look(HttpServletRequest request) {
        if (request.getAttribute(DispatcherServlet.EXCEPTION_ATTRIBUTE) != null) {
            failedLater();
        }
    }

    boolean isEntered() {
        return state != State.NOT_REACHED && !denials.areWhy();
    }

    /** Whether the handler has succeeded, but its response could not be sent. */
    boolean isAnswerLost() {
        return state == State.FAILED_LATER;
    }
}
