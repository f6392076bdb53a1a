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
 * A request with a key as it came, outside of all filters. It knows how much of its body they have read, and the body of a
 * form can be read a second time: a container gives either the parameters or the bytes, once.
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
     * As it came.
     *
     * @param response the response that came with it
     * @param isForm whether a container reads its body as parameters
     * @param most how many bytes of a form are held
     */
    ArrivingRequest(HttpServletRequest request, ServletResponse response, boolean isForm, int most) {
        super(request);
        this.response = response;
        this.isForm = isForm;
        this.most = most;
        request.setAttribute(NAME, this);
    }

    /** That of a request; null if it didn't pass the filter. */
    static @Nullable ArrivingRequest of(ServletRequest request) {
        return (ArrivingRequest) request.getAttribute(NAME);
    }

    /** How many bytes of the body were read by whoever wanted to. */
    long bytesRead() {
        return bytesRead;
    }

    /** Whether parts or a reader were asked for, which leaves nothing to read. */
    boolean isReader() {
        return isReader;
    }

    boolean isForm() {
        return isForm;
    }

    boolean isParsed() {
        return parameters != null;
    }

    /** Whether somebody has asked for its bytes, and so for no parameters. */
    boolean isStreamed() {
        return stream != null;
    }

    /** Lets a form be read once more, in either way. */
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
                throw new IOException("a form with an idempotency key has " + most + " bytes at the most");
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
                byte[] body = form(); // before the container is asked, which would read it
                parameters = Collections.unmodifiableMap(FormBody.merged(super.getParameterMap(), body, charset()));
            } catch (IOException broken) {
                throw new IllegalStateException("the form can't be read: " + broken.getMessage(), broken);
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

    /** The container's own would lead to a form of which nothing is left once it was read here. */
    @Override
    public AsyncContext startAsync() {
        return isForm ? super.startAsync(this, response) : super.startAsync();
    }

    /** Counts what is read. */
    private final class Counting extends ServletInputStream {

        private ServletInputStream in;
        private boolean isToBeHeld;

        /**
         * Nothing is read yet.
         *
         * @param isToBeHeld whether all of it is read and held when its first byte is read. A read listener is called by the
         *     container, so nothing is held for one
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
