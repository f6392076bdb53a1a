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
 * A body that is there already. A read listener is called by the thread that sets it, and told of the end by the thread that
 * reads the last byte.
 */
final class BufferedStream extends ServletInputStream {

    private final ByteArrayInputStream bytes;
    private final BooleanSupplier isAsync;
    private final AtomicBoolean toldOfEnd = new AtomicBoolean();
    private volatile @Nullable ReadListener listener;
    private volatile boolean isCalling;

    /**
     * All of it is still to be read.
     *
     * @param isAsync whether the request is asynchronous, which a read listener asks for
     */
    BufferedStream(byte[] body, BooleanSupplier isAsync) {
        this.bytes = new ByteArrayInputStream(body);
        this.isAsync = isAsync;
    }

    /**
     * Its text.
     *
     * @param encoding what the request says; null if nothing
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

    /** At the end it is not ready for a listener, as in Tomcat: who reads while it is ready would never stop. */
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
        Objects.requireNonNull(told, "there is no read listener");
        if (listener != null) {
            throw new IllegalStateException("the request has a read listener already");
        }
        if (!isAsync.getAsBoolean()) {
            throw new IllegalStateException("a read listener needs a request that is asynchronous");
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

    /** What a listener is told. */
    @FunctionalInterface
    private interface Event {

        void happen() throws IOException;
    }
}
