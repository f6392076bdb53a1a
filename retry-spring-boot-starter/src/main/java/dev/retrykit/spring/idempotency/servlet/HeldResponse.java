package dev.retrykit.spring.idempotency.servlet;

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
 * A response whose body is held back, so that it is kept before anybody gets it. A body that is too large, or that is written
 * bit by bit while the request is asynchronous, is let go, and isn't kept. Until it is told to hold anything it is as it came.
 */
final class HeldResponse extends HeaderRecorder {

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final OutputBuffer stream = new OutputBuffer();
    private @Nullable PrintWriter writer;
    private final BooleanSupplier isStreaming;
    private int most = -1;
    private boolean letGo;
    private @Nullable String error;

    /**
     * Nothing is held yet.
     *
     * @param isStreaming whether what is written now comes bit by bit: an answer that comes as a whole is written by the
     *     request's thread, or once the request is dispatched again
     */
    HeldResponse(HttpServletResponse response, BooleanSupplier isStreaming) {
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
            return new Answer(getStatus(), true, List.of(), error.getBytes(StandardCharsets.UTF_8));
        }
        flushWriter();
        if (!holds() || super.isCommitted()) {
            return null;
        }
        return new Answer(getStatus(), false, recorded(), body.toByteArray());
    }

    /** Whether the container has finished the answer without what is held: then nobody would ever get it. */
    boolean isCutOff() {
        return holds() && error == null && body.size() > 0 && super.isCommitted();
    }

    /** Forgets what was answered, so that something else can be. */
    void restart() {
        if (!super.isCommitted()) {
            super.resetBuffer();
        }
        forget();
        error = null;
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
        if (error == null && body.size() > 0) {
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
        sendRedirect(location, SC_FOUND, true);
    }

    @Override
    public void sendRedirect(String location, int status) throws IOException {
        sendRedirect(location, status, true);
    }

    @Override
    public void sendRedirect(String location, boolean clear) throws IOException {
        sendRedirect(location, SC_FOUND, clear);
    }

    /** A container would commit it, and it is kept before it is committed. */
    @Override
    public void sendRedirect(String location, int status, boolean clear) throws IOException {
        if (holds()) {
            if (clear) {
                forget();
            }
            setStatus(status);
            setHeader(HttpHeaders.LOCATION, location);
        } else {
            super.sendRedirect(location, status, clear);
        }
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
        super.reset();
        forget();
    }

    @Override
    public void resetBuffer() {
        super.resetBuffer();
        forget();
    }

    private void forget() {
        flushWriter();
        body.reset();
    }

    /** What is written bit by bit gets through at once: nobody flushes a writer when the answer is complete. */
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
            if (most >= 0 && isStreaming.getAsBoolean()) {
                out.flush();
            }
        }
    }

    private final class OutputBuffer extends ServletOutputStream {

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            letGoIfStreaming();
            if (holds() && body.size() + (long) length > most) {
                sendHeld();
            }
            if (holds()) {
                body.write(from, offset, length);
            } else {
                HeldResponse.super.getOutputStream().write(from, offset, length);
            }
        }

        @Override
        public void flush() throws IOException {
            letGoIfStreaming();
            if (!holds()) {
                HeldResponse.super.getOutputStream().flush();
            }
        }

        @Override
        public boolean isReady() {
            try {
                return holds() || HeldResponse.super.getOutputStream().isReady();
            } catch (IOException gone) {
                throw new UncheckedIOException(gone);
            }
        }

        /** It needs an asynchronous request, whose answer streams, so what it writes isn't held. */
        @Override
        public void setWriteListener(WriteListener listener) {
            try {
                letGoIfStreaming();
                HeldResponse.super.getOutputStream().setWriteListener(listener);
            } catch (IOException gone) {
                throw new UncheckedIOException(gone);
            }
        }
    }
}
