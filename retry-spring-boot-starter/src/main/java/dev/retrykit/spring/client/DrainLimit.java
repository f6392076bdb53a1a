package dev.retrykit.spring.client;

import dev.retrykit.time.TimeSource;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Limits how much of a discarded response is read to make its connection reusable, and for how long. Beyond the limit
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
     * Starts the time limit.
     *
     * @param abort closes the connection without waiting for the server; called at most once
     */
    public static DrainLimit begin(Runnable abort) {
        return new DrainLimit(abort);
    }

    /**
     * Counts bytes read. Called by the reader only.
     *
     * @return whether the reader may continue; otherwise the connection is aborted
     */
    public boolean tryRead(int count) {
        bytes += count;
        if (bytes > BYTES) {
            abort();
        }
        return !over.get();
    }

    /**
     * Reports the end of the response.
     *
     * @return whether it came in time
     */
    public boolean tryFinish() {
        timer.cancel();
        return over.compareAndSet(false, true);
    }

    /** Aborts the connection unless the response has ended. */
    public void abort() {
        if (over.compareAndSet(false, true)) {
            timer.cancel();
            abort.run();
        }
    }
}
