package dev.retrykit.spring.client.blocking.body;

import dev.retrykit.spring.client.BodyContent;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.StreamingHttpOutputMessage.Body;

/**
 * The body of a request, which a transport writes and may write again. A body may claim to be repeatable and not be:
 * the JSON of an iterator is an empty list the second time. Therefore the size and checksum of the first write are
 * recorded, and before a request is sent again, its body is written to no destination and compared. That happens on the
 * thread that waits for the response, never on a thread of the transport, and only when no other thread is writing the
 * body.
 */
public final class SentBody {

    /**
     * Time to wait for a transport that still writes to an abandoned connection; such a write fails at the next byte.
     */
    private static final long WAIT_MILLIS = 200;

    /** Maximum size in bytes up to which a body of unknown size is compared. */
    private static final long LARGEST = 16L * 1024 * 1024;

    private final Body source;
    private final long length;
    private final Runnable reached;

    /** The record of the first write; null if there was none. */
    private volatile @Nullable BodyChecksum first;

    /** Whether a second write was found to be equal. */
    private volatile boolean same;

    private volatile Writing last = new Writing();

    /**
     * Wraps a body without writing it.
     *
     * @param length in bytes; negative if unknown
     * @param reached called when a transport reads the body
     */
    public SentBody(Body source, long length, Runnable reached) {
        this.source = source;
        this.length = length;
        this.reached = reached;
    }

    /** Returns the body for the first request of a transport. */
    public Body body() {
        return last;
    }

    /** Returns the body for a request that replaces the previous one. */
    public Body next() {
        Writing next = new Writing();
        last = next;
        return next;
    }

    /** Whether the same request may write the body again. */
    public boolean isRepeatable() {
        return source.repeatable() && last.isIdle() && isSame();
    }

    /**
     * Stops the previous request from writing the body.
     *
     * @return whether another request may write it
     */
    public boolean withdraw() {
        return source.repeatable() && last.withdraw() && isSame();
    }

    private boolean isSame() {
        BodyChecksum before = first;
        if (before != null && !same) {
            same = isSame(before);
        }
        return before == null || same;
    }

    /**
     * A body whose first write was cut off may differ in the part that was not sent, for example in the number of equal
     * elements.
     */
    private boolean isSame(BodyChecksum before) {
        BodyChecksum once = BodyChecksum.look(source, before, before.isWhole() ? before.size() : most());
        if (before.isWhole() || !once.isSame()) {
            return once.isSame() && once.isWhole();
        }
        if (!once.isWhole()) {
            return length >= 0;
        }
        BodyChecksum twice = BodyChecksum.look(source, once, once.size());
        return twice.isSame() && twice.isWhole();
    }

    /** A body of known size fails on its own if it turns out to be shorter. */
    private long most() {
        return length >= 0 ? BodyContent.LARGEST : LARGEST;
    }

    private void record(OutputStream out) throws IOException {
        if (first != null || !source.repeatable()) {
            source.writeTo(out);
            return;
        }
        BodyChecksum record = BodyChecksum.passingOn(out, most());
        first = record;
        source.writeTo(record);
        record.end();
    }

    /** The body as one request of a transport writes it. */
    private final class Writing implements Body {

        // guarded by this object's lock
        private boolean withdrawn;
        private boolean overlaps;
        private @Nullable CountDownLatch running;

        @Override
        public boolean repeatable() {
            return source.repeatable();
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            CountDownLatch end = begin();
            try {
                reached.run();
                record(out);
            } finally {
                end.countDown();
            }
        }

        private synchronized CountDownLatch begin() throws IOException {
            if (withdrawn) {
                throw new IOException("The connection of this request was stale. The request is sent on another one.");
            }
            overlaps |= running != null && running.getCount() > 0;
            CountDownLatch end = new CountDownLatch(1);
            running = end;
            return end;
        }

        /**
         * Prevents further writes.
         *
         * @return whether no thread writes the body
         */
        public boolean withdraw() {
            synchronized (this) {
                withdrawn = true;
            }
            return isIdle();
        }

        /** Whether no thread writes the body. Waits a short time. */
        boolean isIdle() {
            CountDownLatch end;
            synchronized (this) {
                if (overlaps) {
                    return false;
                }
                end = running;
            }
            try {
                return end == null || end.await(WAIT_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }
}
