package dev.retrykit.spring.idempotency.endpoint.servlet;

import dev.retrykit.spring.idempotency.endpoint.ClaimedCall;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request whose body can be read before the handler reads it. Until then it is unchanged; afterwards a handler reads
 * the same as without buffering.
 */
final class BufferedRequest extends HttpServletRequestWrapper {

    private byte @Nullable [] body;
    private @Nullable ServletInputStream stream;
    private @Nullable BufferedReader reader;
    private @Nullable ServletResponse response;

    BufferedRequest(HttpServletRequest request) {
        super(request);
    }

    /** Sets the response that belongs to the request, for applications that write to it themselves. */
    void answeredBy(ServletResponse held) {
        response = held;
    }

    /** The result of buffering a body. */
    enum Holding {

        /** The body is buffered. */
        HELD,

        /** The body is larger than the limit. */
        TOO_LARGE,

        /** The body was read before, at least in part. */
        READ_BEFORE
    }

    /**
     * Reads and buffers the body.
     *
     * @param most maximum size in bytes
     */
    Holding hold(int most) throws IOException {
        if (getContentLengthLong() > most) {
            return Holding.TOO_LARGE;
        }
        ArrivingRequest arrived = ArrivingRequest.of(this);
        long before = arrived == null ? 0 : arrived.bytesRead();
        byte[] read;
        try {
            read = super.getInputStream().readNBytes(most + 1);
        } catch (IllegalStateException readAsTextOrByListener) {
            return Holding.READ_BEFORE;
        }
        if (read.length > most) {
            return Holding.TOO_LARGE;
        }
        body = read;
        boolean isRest = before > 0 && Objects.requireNonNull(arrived).bytesRead() > before;
        return isRest || read.length == 0 && isGone(arrived, before) ? Holding.READ_BEFORE : Holding.HELD;
    }

    /** Whether there was a body, of which nothing remains. */
    private boolean isGone(@Nullable ArrivingRequest arrived, long before) {
        return before > 0 || getContentLengthLong() > 0 || arrived != null && arrived.isReader();
    }

    /** Returns the buffered body. */
    byte[] heldBody() {
        byte[] held = body;
        if (held == null) {
            throw new IllegalStateException("the body is not buffered");
        }
        return held;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        byte[] held = body;
        if (held == null) {
            return super.getInputStream();
        }
        if (stream == null) {
            stream = new BufferedStream(held, this::isAsyncStarted);
        }
        return stream;
    }

    @Override
    public BufferedReader getReader() throws IOException {
        if (body == null) {
            return super.getReader();
        }
        if (reader == null) {
            reader = BufferedStream.reader(getInputStream(), getCharacterEncoding());
        }
        return reader;
    }

    /** Uses the buffered response also for applications that write to it themselves. */
    @Override
    public AsyncContext startAsync() {
        return response == null ? super.startAsync() : super.startAsync(this, response);
    }

    /** Forwards so that the response is buffered too. */
    @Override
    public @Nullable RequestDispatcher getRequestDispatcher(String path) {
        RequestDispatcher dispatcher = super.getRequestDispatcher(path);
        return dispatcher == null ? null : new BufferedDispatcher(dispatcher);
    }

    /**
     * Forwards without closing the container's response. After a forward, Tomcat finishes the response under any {@code
     * HttpServletResponseWrapper}, so a buffered body would never be sent. Therefore it gets a proxy that is not a
     * wrapper.
     */
    private record BufferedDispatcher(RequestDispatcher dispatcher) implements RequestDispatcher {

        @Override
        public void forward(ServletRequest request, ServletResponse response) throws ServletException, IOException {
            ServletExchange exchange = ServletExchange.of(request);
            if (exchange != null) {
                exchange.call().ifPresent(ClaimedCall::forwards);
            }
            dispatcher.forward(request, response instanceof HttpServletResponse held ? shell(held) : response);
        }

        @Override
        public void include(ServletRequest request, ServletResponse response) throws ServletException, IOException {
            dispatcher.include(request, response);
        }

        private static HttpServletResponse shell(HttpServletResponse held) {
            return (HttpServletResponse) Proxy.newProxyInstance(
                    BufferedDispatcher.class.getClassLoader(),
                    new Class<?>[] {HttpServletResponse.class},
                    (proxy, method, arguments) -> {
                        try {
                            return method.invoke(held, arguments);
                        } catch (InvocationTargetException failed) {
                            throw failed.getTargetException();
                        }
                    });
        }
    }
}
