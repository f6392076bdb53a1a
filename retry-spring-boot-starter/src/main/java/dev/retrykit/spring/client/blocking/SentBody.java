package dev.retrykit.spring.client.blocking;

import dev.retrykit.spring.client.BodyContent;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.StreamingHttpOutputMessage.Body;

/**
 * The body of a request, which a transport writes and may write again. What says that it can be written twice may not be
 * able to: the JSON of an iterator is an empty list the second time. So what is written first is remembered by its size and
 * checksum, and before a request is sent again its body is written into nothing and must be the same. That is done by the
 * thread that waits for the answer, never by one of the transport's, and only once no other thread writes the body.
 */
final class SentBody {

    /** A transport may still write to a connection that it has given up, which ends at the next byte. */
    private static final long WAIT_MILLIS = 200;

    /** A body of unknown size is compared as a whole, up to this size in bytes. */
    private static final long LARGEST = 16L * 1024 * 1024;

    private final Body source;
    private final long length;
    private final Runnable reached;

    /** What was written first; null if nothing was. */
    private volatile @Nullable BodyChecksum first;

    /** Whether it has been found to be the same again. */
    private volatile boolean same;

    private volatile Writing last = new Writing();

    /**
     * Writes nothing yet.
     *
     * @param length in bytes; negative if unknown
     * @param reached is told when a transport asks for it
     */
    SentBody(Body source, long length, Runnable reached) {
        this.source = source;
        this.length = length;
        this.reached = reached;
    }

    /** What the first request of a transport writes. */
    Body body() {
        return last;
    }

    /** What another request writes, which is sent in place of the one before. */
    Body next() {
        Writing next = new Writing();
        last = next;
        return next;
    }

    /** Whether the same request may write it again. */
    boolean isRepeatable() {
        return source.repeatable() && last.isIdle() && isSame();
    }

    /** Whether another request may write it. The one before doesn't write it any more. */
    boolean withdraw() {
        return source.repeatable() && last.withdraw() && isSame();
    }

    private boolean isSame() {
        BodyChecksum before = first;
        if (before != null && !same) {
            same = isSame(before);
        }
        return before == null || same;
    }

    /** One that was cut off may differ in what didn't go out, such as in the number of equal elements. */
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

    /** One of a known size fails by itself if it turns out to be shorter. */
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

    /** How one request of a transport writes the body. */
    private final class Writing implements Body {

        // guarded by this
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
                throw new IOException("The connection of this request was dead. The request is sent on another one.");
            }
            overlaps |= running != null && running.getCount() > 0;
            CountDownLatch end = new CountDownLatch(1);
            running = end;
            return end;
        }

        /** Nothing is written from here on, if it says so. */
        boolean withdraw() {
            synchronized (this) {
                withdrawn = true;
            }
            return isIdle();
        }

        /** Whether no thread writes, for which is waited shortly. */
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
