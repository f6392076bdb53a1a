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
 * How far the call of a handler has got, seen outside of everything that its bean's proxy does. Before it is entered a
 * request can have had no effect. Once it has returned it has had its effect, whatever becomes of the answer.
 */
final class HandlerCall {

    private static final ThreadLocal<@Nullable HandlerCall> CURRENT = new ThreadLocal<>();

    private final AccessDenials denials = new AccessDenials();
    private volatile State state = State.NOT_REACHED;

    /** In order. */
    private enum State {

        /** Its arguments aren't there, or its bean's own proxy has refused them. */
        NOT_REACHED,

        /** It may have begun to have an effect. */
        ENTERED,

        /** It has returned, perhaps something that isn't done yet. */
        RETURNED,

        /** It has returned, and what came after it has failed. */
        FAILED_LATER
    }

    /** Nobody will see whether it is called. */
    void unseen() {
        state = State.ENTERED;
    }

    /** Expects it on this thread until the scope is closed. */
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

    /** Where it is expected. To be closed on the same thread. */
    interface Scope extends AutoCloseable {

        @Override
        void close();
    }

    /** Calls a handler, which is that of the call that this thread expects. */
    static @Nullable Object observe(HandlerMethod handler, MethodInvocation invocation) throws Throwable {
        HandlerCall expected = CURRENT.get();
        return expected == null
                ? invocation.proceed()
                : expected.run(handler, () -> expected.denials.proceed(handler, invocation));
    }

    /** Whoever was to call it is done: if that wasn't seen, it may have been called all the same. */
    void returned() {
        if (state == State.NOT_REACHED) {
            state = State.ENTERED;
        }
    }

    /** What calls it. */
    @FunctionalInterface
    interface Body {

        @Nullable
        Object run() throws Throwable;
    }

    /** Calls it. */
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

    /** What writes the answer, or comes after it, has failed. */
    void failedLater() {
        if (state == State.RETURNED) {
            state = State.FAILED_LATER;
        }
    }

    /** What an asynchronous handler returned is done, and the request is dispatched again. */
    void concluded(HttpServletRequest request) {
        WebAsyncManager manager = WebAsyncUtils.getAsyncManager(request);
        if (manager.hasConcurrentResult() && manager.getConcurrentResult() instanceof Throwable) {
            state = State.ENTERED;
        }
    }

    /** Looks at the end whether something has failed that an exception handler answered. */
    void look(HttpServletRequest request) {
        if (request.getAttribute(DispatcherServlet.EXCEPTION_ATTRIBUTE) != null) {
            failedLater();
        }
    }

    boolean isEntered() {
        return state != State.NOT_REACHED && !denials.areWhy();
    }

    /** Whether the handler has succeeded, but its answer could not be given. */
    boolean isAnswerLost() {
        return state == State.FAILED_LATER;
    }
}
