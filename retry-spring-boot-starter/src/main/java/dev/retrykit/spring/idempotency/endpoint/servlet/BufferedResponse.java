package dev.retrykit.spring.idempotency.endpoint.servlet;

import dev.retrykit.spring.idempotency.store.Answer;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * A response whose body is buffered, so that it is stored before it is sent. A body that is too large, or that is
 * written in parts while the request is asynchronous, is sent immediately and not stored. Until buffering starts, the
 * response is unchanged.
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
     * Wraps a response.
     *
     * @param isStreaming whether the body is currently written in parts: a complete response is written by the
     *     request's thread, or after the request is dispatched again
     */
    BufferedResponse(HttpServletResponse response, BooleanSupplier isStreaming) {
        super(response);
        this.isStreaming = isStreaming;
    }

    /**
     * Starts buffering the body.
     *
     * @param bytes maximum size in bytes
     * @param names the headers that may be replayed
     */
    void hold(int bytes, List<String> names) {
        most = bytes;
        record(names);
    }

    private boolean holds() {
        return most >= 0 && !letGo;
    }

    /** Returns the response in its current state; null if it is too large to be stored, or unknown. */
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

    /** Whether the container has finished the response without the buffered body, which then could never be sent. */
    boolean isCutOff() {
        return holds() && error == null && (body.size() > 0 || redirect != null) && super.isCommitted();
    }

    /** Discards the response so that another one can be written. */
    void restart() {
        redirect = null;
        error = null;
        if (!super.isCommitted()) {
            super.resetBuffer();
        }
        forget();
    }

    /** Sends the buffered body. */
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
            writer = new PrintWriter(new WriteThrough(new OutputStreamWriter(stream, charset)));
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

    /**
     * Buffers a redirect, because a container would commit it before it is stored. A redirect with a body is stored
     * with its target as a plain header.
     */
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
            throw new IllegalStateException("the response is already a redirect");
        }
    }

    /** Behaves as after a redirect of a container. */
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

        /** A write listener requires an asynchronous request, whose response is streamed and not buffered. */
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

    /** Flushes immediately while the response is streamed, because no code flushes a writer at the end. */
    private final class WriteThrough extends FilterWriter {

        WriteThrough(Writer out) {
            super(out);
        }

        @Override
        public void write(char[] text, int offset, int length) throws IOException {
            out.write(text, offset, length);
            flushIfStreaming();
        }

        @Override
        public void write(String text, int offset, int length) throws IOException {
            out.write(text, offset, length);
            flushIfStreaming();
        }

        @Override
        public void write(int character) throws IOException {
            out.write(character);
            flushIfStreaming();
        }

        private void flushIfStreaming() throws IOException {
            if (isStreaming.getAsBoolean()) {
                out.flush();
            }
        }
    }
}
