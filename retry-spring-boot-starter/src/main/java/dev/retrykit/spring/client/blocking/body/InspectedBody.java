package dev.retrykit.spring.client.blocking.body;

import dev.retrykit.spring.client.BodyContent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.http.StreamingHttpOutputMessage.Body;

/**
 * A body that can be written before it is sent, to find out its content. A body may claim to be repeatable and not be:
 * the JSON of an iterator is an empty list the second time. Therefore the bytes that were written first are sent. If
 * they exceed the limit, the body is written a second time to check that it is repeatable; if it is not, nothing is
 * sent.
 */
public final class InspectedBody implements Body, BodyContent {

    private final Body source;
    private final long length;
    private volatile byte @Nullable [] held;
    private volatile @Nullable Exception failure;

    /**
     * Wraps a body without writing it.
     *
     * @param length in bytes; negative if unknown
     */
    public InspectedBody(Body source, long length) {
        this.source = source;
        this.length = length;
    }

    @Override
    public boolean repeatable() {
        return held != null || source.repeatable();
    }

    @Override
    public byte @Nullable [] bytes() {
        return content().bytes();
    }

    @Override
    public boolean contains(String text) {
        return content().contains(text);
    }

    private BodyContent content() {
        if (!repeatable() || length > LARGEST || failure != null) {
            return UNKNOWN;
        }
        try {
            byte[] all = read(LARGEST);
            return all == null ? UNKNOWN : BodyContent.of(all);
        } catch (IOException | RuntimeException failed) {
            // the request fails with the same exception
            return UNKNOWN;
        }
    }

    /**
     * Reads the body into memory.
     *
     * @return null if it is larger than the limit
     * @throws IOException if it cannot be written
     */
    byte @Nullable [] read(long limit) throws IOException {
        byte[] known = held;
        if (known != null) {
            return known;
        }
        Reading reading = new Reading(limit);
        try {
            readInto(reading);
            if (!reading.tooLarge) {
                byte[] all = reading.bytes.toByteArray();
                held = all;
                return all;
            }
            if (source.repeatable()) {
                lookAgain(reading);
            }
            return null;
        } catch (IOException | RuntimeException failed) {
            failure = failed;
            throw failed;
        }
    }

    private void readInto(Reading reading) throws IOException {
        try {
            source.writeTo(reading);
        } catch (IOException | RuntimeException failed) {
            if (!reading.tooLarge) {
                throw failed;
            }
        }
    }

    private void lookAgain(Reading first) throws IOException {
        Reading second = new Reading(first.limit);
        readInto(second);
        if (!second.tooLarge || !Arrays.equals(first.bytes.toByteArray(), second.bytes.toByteArray())) {
            throw new IOException(
                    "The body of the request can be written only once, like that of an iterator or a stream,"
                            + " and it is larger than the " + first.limit
                            + " bytes that are held in memory for a request with an idempotency key or to a guarded"
                            + " host. Nothing was sent. Send a list, or an InputStreamResource.");
        }
    }

    /** Fails with the exception of the first write: a transport may mistake a failing body for an empty one. */
    public void check() throws IOException {
        Exception failed = failure;
        if (failed instanceof IOException again) {
            throw again;
        }
        if (failed instanceof RuntimeException again) {
            throw again;
        }
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        check();
        byte[] known = held;
        if (known == null) {
            source.writeTo(out);
        } else {
            out.write(known);
        }
    }

    /** Collects a body up to a limit. */
    private static final class Reading extends OutputStream {

        private final long limit;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean tooLarge;

        Reading(long limit) {
            this.limit = limit;
        }

        @Override
        public void write(int next) throws IOException {
            write(new byte[] {(byte) next}, 0, 1);
        }

        @Override
        public void write(byte[] part, int offset, int count) throws IOException {
            int taken = (int) Math.min(count, limit - bytes.size());
            bytes.write(part, offset, taken);
            if (taken < count) {
                tooLarge = true;
                throw new IOException("the body is larger than " + limit + " bytes");
            }
        }
    }
}
