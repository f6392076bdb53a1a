package dev.retrykit.spring.client.blocking.body;

import dev.retrykit.spring.client.BodyContent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.StreamingHttpOutputMessage.Body;

/**
 * The body of a request that several attempts may send. A body within the limit is held in memory; a larger one is
 * streamed and sent once. If the size is unknown and the body can be written only once, the first attempt sends it and
 * holds it at the same time.
 */
public final class RepeatableBody {

    /**
     * Time to wait for the thread that sends the body: a response may arrive shortly before that thread has finished.
     */
    private static final long WAIT_MILLIS = 100;

    /** The progress of sending the body. */
    private enum State {

        /** No attempt has read it. */
        UNTOUCHED,

        /** An attempt is sending it. */
        SENDING,

        /** It is in memory, or there is no body. */
        HELD,

        /** It is larger than the limit, or writing it failed. */
        LOST
    }

    private final @Nullable InspectedBody source;
    private final long limit;
    private volatile byte @Nullable [] bytes;
    private volatile State state;
    private volatile long size = -1;

    /** Released when the attempt that sends the body has ended. */
    private final CountDownLatch sent = new CountDownLatch(1);

    private RepeatableBody(@Nullable InspectedBody source, long limit, State state) {
        this.source = source;
        this.limit = limit;
        this.state = state;
    }

    /** Creates a body from bytes in memory. */
    public static RepeatableBody of(byte[] bytes, long limit) {
        boolean tooLarge = bytes.length > 0 && bytes.length > limit;
        RepeatableBody body = new RepeatableBody(null, limit, tooLarge ? State.LOST : State.HELD);
        body.bytes = bytes;
        body.size = bytes.length;
        return body;
    }

    /**
     * Creates a body that has not been written yet.
     *
     * @param body null if there is none
     * @param headers contain the size if it is known
     * @param limit in bytes; negative if nothing is to be held
     * @throws IOException if the body cannot be written
     */
    public static RepeatableBody of(@Nullable Body body, HttpHeaders headers, long limit) throws IOException {
        if (body == null) {
            return new RepeatableBody(null, limit, State.HELD);
        }
        long length = headers.getContentLength();
        boolean streamed = limit < 0 || length > limit;
        InspectedBody known = new InspectedBody(body, length);
        RepeatableBody repeatable = new RepeatableBody(known, limit, streamed ? State.LOST : State.UNTOUCHED);
        repeatable.size = length;
        if (!streamed && (length >= 0 || body.repeatable())) {
            repeatable.hold(known.read(limit));
        }
        return repeatable;
    }

    /** Keeps the whole body in memory; null if it is too large. */
    private void hold(byte @Nullable [] all) {
        if (all == null) {
            state = State.LOST;
            return;
        }
        size = all.length;
        bytes = all;
        state = State.HELD;
    }

    /** Returns what an attempt sends; null if there is no body. */
    @Nullable
    public Body body() throws IOException {
        byte[] held = bytes;
        if (held != null) {
            return held.length == 0 ? null : new HeldBytes(held);
        }
        if (source != null) {
            source.check();
        }
        return source == null || state == State.LOST ? source : this::sendAndCollect;
    }

    /** Returns the bytes if they are in memory; null otherwise. */
    public byte @Nullable [] bytes() {
        return bytes;
    }

    /** Returns the content, for comparison with other bodies. */
    public BodyContent content() {
        byte[] held = bytes;
        InspectedBody body = source;
        if (held != null || body == null) {
            return BodyContent.of(held == null ? new byte[0] : held);
        }
        return body;
    }

    private void sendAndCollect(OutputStream out) throws IOException {
        Body body = source;
        if (body == null) {
            return;
        }
        state = State.SENDING;
        Collected collected = new Collected(out, limit);
        try {
            body.writeTo(collected);
            hold(collected.isTooLarge() ? null : collected.toByteArray());
        } catch (IOException | RuntimeException failed) {
            state = State.LOST;
            throw failed;
        } finally {
            sent.countDown();
        }
        collected.failIfSendingFailed();
    }

    /** Whether another attempt can send the body. Waits a short time for a thread that is still sending it. */
    public boolean isRepeatable() {
        try {
            if (state == State.SENDING && !sent.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
                return false;
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
            return false;
        }
        return state == State.HELD || state == State.UNTOUCHED;
    }

    /** Whether the body certainly cannot be sent again. */
    public boolean isLost() {
        return state == State.LOST;
    }

    /** Returns the size in bytes; -1 if unknown. */
    public long size() {
        return size;
    }

    /** A body in memory that can be written any number of times. */
    private record HeldBytes(byte[] bytes) implements Body {

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(bytes);
        }

        @Override
        public boolean repeatable() {
            return true;
        }
    }

    /**
     * Passes a body on and collects it up to a limit. When the connection breaks, the rest of the body is still
     * collected, because the next attempt needs it.
     */
    private static final class Collected extends OutputStream {

        private final OutputStream out;
        private final long limit;
        private @Nullable ByteArrayOutputStream collected = new ByteArrayOutputStream();
        private @Nullable IOException failure;

        Collected(OutputStream out, long limit) {
            this.out = out;
            this.limit = limit;
        }

        boolean isTooLarge() {
            return collected == null;
        }

        byte[] toByteArray() {
            return collected == null ? new byte[0] : collected.toByteArray();
        }

        void failIfSendingFailed() throws IOException {
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public void write(int next) throws IOException {
            write(new byte[] {(byte) next}, 0, 1);
        }

        @Override
        public void write(byte[] part, int offset, int length) throws IOException {
            if (collected != null && collected.size() + (long) length > limit) {
                collected = null;
            }
            if (collected != null) {
                collected.write(part, offset, length);
            }
            send(part, offset, length);
        }

        private void send(byte[] part, int offset, int length) throws IOException {
            if (failure == null) {
                try {
                    out.write(part, offset, length);
                } catch (IOException failed) {
                    failure = failed;
                }
            }
            if (isTooLarge()) {
                failIfSendingFailed();
            }
        }

        @Override
        public void flush() throws IOException {
            if (failure == null) {
                out.flush();
            }
        }
    }
}
