package dev.retrykit.spring.idempotency.endpoint.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request whose body can be read before the handler reads it. Until then it is as filters left it, and afterwards a
 * handler reads what it would read without that.
 */
final class BufferedRequest extends HttpServletRequestWrapper {

    private byte @Nullable [] body;
    private @Nullable ServletInputStream stream;
    private @Nullable BufferedReader reader;
    private @Nullable ServletResponse response;

    BufferedRequest(HttpServletRequest request) {
        super(request);
    }

    /** The response that belongs to it, for what is answered by hand. */
    void answeredBy(ServletResponse held) {
        response = held;
    }

    /** What became of a body that was to be held. */
    enum Holding {

        /** It is held. */
        HELD,

        /** It is larger than it may be. */
        TOO_LARGE,

        /** There was one, and somebody else has read it, or some of it. */
        READ_BEFORE
    }

    /**
     * Reads the body.
     *
     * @param most how many bytes it may have
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

    /** Whether there was a body, of which nothing is left. */
    private boolean isGone(@Nullable ArrivingRequest arrived, long before) {
        return before > 0 || getContentLengthLong() > 0 || arrived != null && arrived.isReader();
    }

    /** The body, once it is held. */
    byte[] heldBody() {
        byte[] held = body;
        if (held == null) {
            throw new IllegalStateException("the body isn't held");
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

    /** What is written by hand passes the held response too. */
    @Override
    public AsyncContext startAsync() {
        return response == null ? super.startAsync() : super.startAsync(this, response);
    }

    /** Forwards so that the answer is held too. */
    @Override
    public @Nullable RequestDispatcher getRequestDispatcher(String path) {
        RequestDispatcher dispatcher = super.getRequestDispatcher(path);
        return dispatcher == null ? null : new BufferedDispatcher(dispatcher);
    }
}
