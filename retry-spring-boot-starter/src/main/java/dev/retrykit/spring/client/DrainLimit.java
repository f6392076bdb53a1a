package dev.retrykit.spring.client;

import dev.retrykit.time.TimeSource;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How much of an answer that nobody wants is read so that its connection can be used again, and for how long. After that
 * the connection is aborted. Thread-safe.
 */
public final class DrainLimit {

    private static final long BYTES = 64 * 1024;
    private static final long NANOS = 200_000_000;

    private final Runnable abort;
    private final AtomicBoolean over = new AtomicBoolean();
    private final TimeSource.Scheduled timer;
    private long bytes;

    private DrainLimit(Runnable abort) {
        this.abort = abort;
        this.timer = TimeSource.system().schedule(this::abort, NANOS);
    }

    /**
     * Begins.
     *
     * @param abort closes the connection, once at the most, without waiting for the peer
     */
    public static DrainLimit begin(Runnable abort) {
        return new DrainLimit(abort);
    }

    /**
     * Counts what was read. By the reader only.
     *
     * @return whether the reader may go on; if not, the connection is aborted
     */
    public boolean tryRead(int count) {
        bytes += count;
        if (bytes > BYTES) {
            abort();
        }
        return !over.get();
    }

    /**
     * The answer has come to its end.
     *
     * @return whether that was in time
     */
    public boolean tryFinish() {
        timer.cancel();
        return over.compareAndSet(false, true);
    }

    /** There will be no end of it. */
    public void abort() {
        if (over.compareAndSet(false, true)) {
            timer.cancel();
            abort.run();
        }
    }
}
