package dev.retrykit.spring.idempotency.endpoint.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.Part;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request with a key as it arrived, outside all filters. Tracks how much of its body the filters have read. The body
 * of a form can be read a second time, although a container provides either its parameters or its bytes, once.
 */
final class ArrivingRequest extends HttpServletRequestWrapper {

    private static final String NAME = ArrivingRequest.class.getName();

    private final ServletResponse response;
    private final boolean isForm;
    private final int most;
    private long bytesRead;
    private boolean isReader;
    private byte @Nullable [] form;
    private @Nullable Map<String, String[]> parameters;
    private @Nullable ServletInputStream stream;
    private @Nullable BufferedReader reader;

    /**
     * Wraps a request as it arrived.
     *
     * @param response the response of the request
     * @param isForm whether a container reads the body as parameters
     * @param most maximum number of bytes of a form that are held
     */
    ArrivingRequest(HttpServletRequest request, ServletResponse response, boolean isForm, int most) {
        super(request);
        this.response = response;
        this.isForm = isForm;
        this.most = most;
        request.setAttribute(NAME, this);
    }

    /** Returns the arrived request; null if it did not pass the filter. */
    static @Nullable ArrivingRequest of(ServletRequest request) {
        return (ArrivingRequest) request.getAttribute(NAME);
    }

    /** Returns the number of bytes that were read from the body. */
    long bytesRead() {
        return bytesRead;
    }

    /** Whether parts or a reader were requested, after which nothing remains to be read. */
    boolean isReader() {
        return isReader;
    }

    boolean isForm() {
        return isForm;
    }

    boolean isParsed() {
        return parameters != null;
    }

    /** Whether the bytes were requested, and so not the parameters. */
    boolean isStreamed() {
        return stream != null;
    }

    /** Makes a form readable once more, as parameters or bytes. */
    void rewind() {
        parameters = null;
        stream = null;
        reader = null;
        bytesRead = 0;
    }

    private byte[] form() throws IOException {
        byte[] held = form;
        if (held == null) {
            held = super.getInputStream().readNBytes(most + 1);
            if (held.length > most) {
                throw new IOException("a form with an idempotency key must have at most " + most + " bytes");
            }
            form = held;
        }
        return held;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        if (stream == null) {
            boolean isUnread = !isForm || form == null && parameters == null;
            stream = isUnread ? new Counting(super.getInputStream(), isForm) : new Counting(held(), false);
        }
        return stream;
    }

    private ServletInputStream held() throws IOException {
        return new BufferedStream(parameters == null ? form() : new byte[0], this::isAsyncStarted);
    }

    @Override
    public BufferedReader getReader() throws IOException {
        if (!isForm) {
            isReader = true;
            return super.getReader();
        }
        if (reader == null) {
            reader = BufferedStream.reader(getInputStream(), getCharacterEncoding());
        }
        return reader;
    }

    private Charset charset() {
        String name = getCharacterEncoding();
        return name == null ? StandardCharsets.ISO_8859_1 : Charset.forName(name);
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        if (!isForm || parameters == null && stream != null) {
            return super.getParameterMap();
        }
        if (parameters == null) {
            try {
                byte[] body = form(); // before the container reads the body
                parameters = Collections.unmodifiableMap(FormBody.merged(super.getParameterMap(), body, charset()));
            } catch (IOException broken) {
                throw new IllegalStateException("the form cannot be read: " + broken.getMessage(), broken);
            }
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

    @Override
    public Collection<Part> getParts() throws IOException, ServletException {
        isReader = true;
        return super.getParts();
    }

    @Override
    public Part getPart(String name) throws IOException, ServletException {
        isReader = true;
        return super.getPart(name);
    }

    /** The container's method would use the original request, whose form has been consumed here. */
    @Override
    public AsyncContext startAsync() {
        return isForm ? super.startAsync(this, response) : super.startAsync();
    }

    /** Counts the bytes that are read. */
    private final class Counting extends ServletInputStream {

        private ServletInputStream in;
        private boolean isToBeHeld;

        /**
         * Wraps a stream.
         *
         * @param isToBeHeld whether the first read reads and holds the whole body; not the case with a read listener,
         *     which the container calls
         */
        Counting(ServletInputStream in, boolean isToBeHeld) {
            this.in = in;
            this.isToBeHeld = isToBeHeld;
        }

        private ServletInputStream in() throws IOException {
            if (isToBeHeld) {
                in = held();
                isToBeHeld = false;
            }
            return in;
        }

        @Override
        public int read() throws IOException {
            int value = in().read();
            bytesRead += value < 0 ? 0 : 1;
            return value;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = in().read(into, offset, length);
            bytesRead += Math.max(0, read);
            return read;
        }

        @Override
        public int available() throws IOException {
            return in.available();
        }

        @Override
        public boolean isFinished() {
            return in.isFinished();
        }

        @Override
        public boolean isReady() {
            return in.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            isToBeHeld = false;
            isReader = true;
            in.setReadListener(listener);
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
