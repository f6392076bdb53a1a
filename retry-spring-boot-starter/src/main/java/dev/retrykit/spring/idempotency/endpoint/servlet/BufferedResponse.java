package dev.retrykit.spring.idempotency.endpoint.servlet;

import dev.retrykit.spring.idempotency.store.Answer;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * A response whose body is held back, so that it is kept before anybody gets it. A body that is too large, or that is written
 * bit by bit while the request is asynchronous, is let go, and isn't kept. Until it is told to hold anything it is as it came.
 */
final class BufferedResponse extends HeaderRecorder {

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final OutputBuffer stream = new OutputBuffer();
    private @Nullable PrintWriter writer;
    private final BooleanSupplier isStreaming;
    private int most = -1;
    private boolean letGo;
    private @Nullable String error;
    private @Nullable Redirect redirect;

    /**
     * Nothing is held yet.
     *
     * @param isStreaming whether what is written now comes bit by bit: an answer that comes as a whole is written by the
     *     request's thread, or once the request is dispatched again
     */
    BufferedResponse(HttpServletResponse response, BooleanSupplier isStreaming) {
        super(response);
        this.isStreaming = isStreaming;
    }

    /**
     * From now on the body is held.
     *
     * @param bytes how many of them
     * @param names headers that may be given again
     */
    void hold(int bytes, List<String> names) {
        most = bytes;
        record(names);
    }

    private boolean holds() {
        return most >= 0 && !letGo;
    }

    /** The answer as it is now; null if it is too large to be kept, or can't be known. */
    @Nullable
    Answer answer() throws IOException {
        if (error != null) {
            return ResponseWriter.ofError(getStatus(), error, recorded());
        }
        if (redirect != null && !letGo) {
            return redirect.answer(recorded());
        }
        flushWriter();
        if (!holds() || super.isCommitted()) {
            return null;
        }
        return new Answer(getStatus(), false, recorded(), body.toByteArray());
    }

    /** Whether the container has finished the answer without what is held: then nobody would ever get it. */
    boolean isCutOff() {
        return holds() && error == null && (body.size() > 0 || redirect != null) && super.isCommitted();
    }

    /** Forgets what was answered, so that something else can be. */
    void restart() {
        redirect = null;
        error = null;
        if (!super.isCommitted()) {
            super.resetBuffer();
        }
        forget();
    }

    /** Gives the body to the one it is for. */
    void letGo() throws IOException {
        flushWriter();
        if (holds()) {
            sendHeld();
        }
    }

    private void letGoIfStreaming() throws IOException {
        if (holds() && isStreaming.getAsBoolean()) {
            sendHeld();
        }
    }

    private void sendHeld() throws IOException {
        letGo = true;
        if (redirect != null) {
            redirect.send((HttpServletResponse) getResponse());
        } else if (error == null && body.size() > 0) {
            body.writeTo(super.getOutputStream());
        }
        body.reset();
    }

    private void flushWriter() {
        if (writer != null) {
            writer.flush();
        }
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        return most < 0 ? super.getOutputStream() : stream;
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        if (most < 0) {
            return super.getWriter();
        }
        if (writer == null) {
            String charset = getCharacterEncoding();
            if (charset == null) {
                charset = StandardCharsets.ISO_8859_1.name();
            }
            setCharacterEncoding(charset);
            writer = new PrintWriter(new WriteThrough(
                    new OutputStreamWriter(stream, charset), () -> most >= 0 && isStreaming.getAsBoolean()));
        }
        return writer;
    }

    @Override
    public void sendError(int status) throws IOException {
        sendError(status, "");
    }

    @Override
    public void sendError(int status, @Nullable String message) throws IOException {
        if (holds()) {
            checkOpen();
            forget();
            error = message == null ? "" : message;
        }
        if (message == null || message.isEmpty()) {
            super.sendError(status);
        } else {
            super.sendError(status, message);
        }
    }

    @Override
    public void sendRedirect(String location) throws IOException {
        if (!redirects(location, SC_FOUND, true)) {
            super.sendRedirect(location);
        }
    }

    @Override
    public void sendRedirect(String location, int status) throws IOException {
        if (!redirects(location, status, true)) {
            super.sendRedirect(location, status);
        }
    }

    @Override
    public void sendRedirect(String location, boolean clear) throws IOException {
        if (!redirects(location, SC_FOUND, clear)) {
            super.sendRedirect(location, clear);
        }
    }

    @Override
    public void sendRedirect(String location, int status, boolean clear) throws IOException {
        if (!redirects(location, status, clear)) {
            super.sendRedirect(location, status, clear);
        }
    }

    /** A container would commit it, and it is kept before it is committed. One with a body is kept with its plain target. */
    private boolean redirects(String location, int status, boolean clear) throws IOException {
        letGoIfStreaming();
        if (!holds()) {
            return false;
        }
        checkOpen();
        flushWriter();
        if (clear) {
            forget();
        }
        setStatus(status);
        if (body.size() > 0) {
            setHeader(HttpHeaders.LOCATION, location);
        } else {
            redirect = new Redirect(location, status);
        }
        return true;
    }

    private void checkOpen() {
        if (redirect != null) {
            throw new IllegalStateException("the response is a redirect already");
        }
    }

    /** As after the redirect of a container. */
    @Override
    public boolean isCommitted() {
        return redirect != null || super.isCommitted();
    }

    @Override
    public void flushBuffer() throws IOException {
        flushWriter();
        letGoIfStreaming();
        if (!holds()) {
            super.flushBuffer();
        }
    }

    @Override
    public void reset() {
        checkOpen();
        super.reset();
        forget();
    }

    @Override
    public void resetBuffer() {
        checkOpen();
        super.resetBuffer();
        forget();
    }

    private void forget() {
        flushWriter();
        body.reset();
    }

    private final class OutputBuffer extends ServletOutputStream {

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            letGoIfStreaming();
            if (redirect != null) {
                return;
            }
            if (holds() && body.size() + (long) length > most) {
                sendHeld();
            }
            if (holds()) {
                body.write(from, offset, length);
            } else {
                BufferedResponse.super.getOutputStream().write(from, offset, length);
            }
        }

        @Override
        public void flush() throws IOException {
            letGoIfStreaming();
            if (!holds()) {
                BufferedResponse.super.getOutputStream().flush();
            }
        }

        @Override
        public boolean isReady() {
            try {
                return holds() || BufferedResponse.super.getOutputStream().isReady();
            } catch (IOException gone) {
                throw new UncheckedIOException(gone);
            }
        }

        /** It needs an asynchronous request, whose answer streams, so what it writes isn't held. */
        @Override
        public void setWriteListener(WriteListener listener) {
            try {
                letGoIfStreaming();
                BufferedResponse.super.getOutputStream().setWriteListener(listener);
            } catch (IOException gone) {
                throw new UncheckedIOException(gone);
            }
        }
    }
}
