package dev.retrykit.spring.idempotency.endpoint.servlet;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The stream of a body in memory. A read listener is called by the thread that sets it, and notified of the end by the
 * thread that reads the last byte.
 */
final class BufferedStream extends ServletInputStream {

    private final ByteArrayInputStream bytes;
    private final BooleanSupplier isAsync;
    private final AtomicBoolean toldOfEnd = new AtomicBoolean();
    private volatile @Nullable ReadListener listener;
    private volatile boolean isCalling;

    /**
     * Creates a stream of the whole body.
     *
     * @param isAsync whether the request is asynchronous, as a read listener requires
     */
    BufferedStream(byte[] body, BooleanSupplier isAsync) {
        this.bytes = new ByteArrayInputStream(body);
        this.isAsync = isAsync;
    }

    /**
     * Returns a reader of the text.
     *
     * @param encoding the encoding of the request; null if not set
     */
    static BufferedReader reader(InputStream bytes, @Nullable String encoding) throws IOException {
        String name = encoding == null ? StandardCharsets.ISO_8859_1.name() : encoding;
        return new BufferedReader(new InputStreamReader(bytes, name));
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
    public int available() {
        return bytes.available();
    }

    @Override
    public boolean isFinished() {
        return bytes.available() == 0;
    }

    /**
     * At the end the stream is not ready for a listener, as in Tomcat: a loop that reads while it is ready would never
     * end.
     */
    @Override
    public boolean isReady() {
        if (listener == null || !isFinished()) {
            return true;
        }
        tellOfEnd();
        return false;
    }

    @Override
    public void setReadListener(ReadListener told) {
        Objects.requireNonNull(told, "the read listener must not be null");
        if (listener != null) {
            throw new IllegalStateException("the request has a read listener already");
        }
        if (!isAsync.getAsBoolean()) {
            throw new IllegalStateException("a read listener requires an asynchronous request");
        }
        listener = told;
        if (!isFinished()) {
            isCalling = true;
            tell(told, told::onDataAvailable);
            isCalling = false;
        }
        tellOfEnd();
    }

    private void tellOfEnd() {
        ReadListener told = listener;
        if (told != null && !isCalling && isFinished() && toldOfEnd.compareAndSet(false, true)) {
            tell(told, told::onAllDataRead);
        }
    }

    private void tell(ReadListener told, Event event) {
        try {
            event.happen();
        } catch (IOException | RuntimeException failed) {
            toldOfEnd.set(true);
            told.onError(failed);
        }
    }

    /** A call of a listener. */
    @FunctionalInterface
    private interface Event {

        void happen() throws IOException;
    }
}
