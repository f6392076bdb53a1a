package dev.retrykit.spring.idempotency.servlet;

import jakarta.servlet.ReadListener;
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
import org.jspecify.annotations.Nullable;

/** A request whose body can be read before the one who is meant to read it. Until then it is as it came. */
final class HeldRequest extends HttpServletRequestWrapper {

    private byte @Nullable [] body;
    private @Nullable ServletInputStream stream;
    private @Nullable BufferedReader reader;

    HeldRequest(HttpServletRequest request) {
        super(request);
    }

    /**
     * Reads the body.
     *
     * @param most how many bytes it may have
     * @return the body; null if it has more
     */
    byte @Nullable [] hold(int most) throws IOException {
        if (getContentLengthLong() > most) {
            return null;
        }
        byte[] read = super.getInputStream().readNBytes(most + 1);
        if (read.length > most) {
            return null;
        }
        body = read;
        return read;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        if (body == null) {
            return super.getInputStream();
        }
        if (stream == null) {
            stream = new HeldStream(body);
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
