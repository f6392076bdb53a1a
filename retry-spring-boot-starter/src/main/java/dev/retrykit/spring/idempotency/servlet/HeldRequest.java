package dev.retrykit.spring.idempotency.servlet;

import jakarta.servlet.ReadListener;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request whose body can be read before the handler reads it. Until then it is as it came, and afterwards a handler reads
 * what it would read without that: as from a container, either the parameters of a form or its bytes.
 */
final class HeldRequest extends HttpServletRequestWrapper {

    private byte @Nullable [] body;
    private boolean isForm;
    private boolean isStreamed;
    private @Nullable Map<String, String[]> parameters;
    private @Nullable ServletInputStream stream;
    private @Nullable BufferedReader reader;

    HeldRequest(HttpServletRequest request) {
        super(request);
    }

    /** What became of a body that was to be held. */
    enum Holding {

        /** It is held. */
        HELD,

        /** It is larger than it may be. */
        TOO_LARGE,

        /** There was one, and somebody else has read it. */
        READ_BEFORE
    }

    /**
     * Reads the body.
     *
     * @param most how many bytes it may have
     * @param form whether it is one that a container reads as parameters
     */
    Holding hold(int most, boolean form) throws IOException {
        if (getContentLengthLong() > most) {
            return Holding.TOO_LARGE;
        }
        ServletInputStream unread;
        try {
            unread = super.getInputStream();
        } catch (IllegalStateException readAsText) {
            return Holding.READ_BEFORE;
        }
        boolean wasAtEnd = unread.isFinished();
        byte[] read = unread.readNBytes(most + 1);
        if (read.length > most) {
            return Holding.TOO_LARGE;
        }
        boolean hadBody = getContentLengthLong() > 0 || wasAtEnd && getHeader("Transfer-Encoding") != null;
        body = read;
        if (read.length == 0 && hadBody) {
            return Holding.READ_BEFORE;
        }
        isForm = form;
        return Holding.HELD;
    }

    /** The body, once it is held. */
    byte[] heldBody() {
        byte[] held = body;
        if (held == null) {
            throw new IllegalStateException("the body isn't held");
        }
        return held;
    }

    /**
     * All parameters, without being taken for the handler's reading them.
     *
     * @throws IllegalArgumentException if the form can't be decoded
     */
    Map<String, String[]> peekParameters() {
        byte[] held = body;
        return held == null || !isForm
                ? super.getParameterMap()
                : FormBody.merged(super.getParameterMap(), held, charset());
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        byte[] held = body;
        if (held == null) {
            return super.getInputStream();
        }
        if (stream == null) {
            isStreamed = true;
            stream = new HeldStream(parameters == null ? held : new byte[0]);
        }
        return stream;
    }

    @Override
    public BufferedReader getReader() throws IOException {
        if (body == null) {
            return super.getReader();
        }
        if (reader == null) {
            reader = new BufferedReader(new InputStreamReader(getInputStream(), charset()));
        }
        return reader;
    }

    private Charset charset() {
        String name = getCharacterEncoding();
        try {
            return name == null ? StandardCharsets.ISO_8859_1 : Charset.forName(name);
        } catch (IllegalArgumentException unknown) {
            throw new UnsupportedCharsetException("of the request");
        }
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        if (!isForm || isStreamed) {
            return super.getParameterMap();
        }
        if (parameters == null) {
            parameters = Collections.unmodifiableMap(peekParameters());
        }
        return parameters;
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
        return getParameterMap().get(name);
    }

    @Override
    public @Nullable String getParameter(String name) {
        String[] values = getParameterValues(name);
        return values == null || values.length == 0 ? null : values[0];
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return Collections.enumeration(getParameterMap().keySet());
    }

    /** Forwards so that the answer is held too. */
    @Override
    public @Nullable RequestDispatcher getRequestDispatcher(String path) {
        RequestDispatcher dispatcher = super.getRequestDispatcher(path);
        return dispatcher == null ? null : new HeldDispatcher(dispatcher);
    }

    private static final class HeldStream extends ServletInputStream {

        private final ByteArrayInputStream bytes;

        HeldStream(byte[] body) {
            this.bytes = new ByteArrayInputStream(body);
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            return bytes.read(into, offset, length);
        }

        @Override
        public boolean isFinished() {
            return bytes.available() == 0;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new UnsupportedOperationException("the body of a request with an idempotency key has been read");
        }
    }
}
