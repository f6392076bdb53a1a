package dev.retrykit.spring.client.tracking;

import dev.retrykit.time.TimeSource;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tracks the connection that a request uses: whether it was used before, whether a response has started, and how to
 * abort it. Thread-safe.
 */
public final class ConnectionUse {

    /**
     * Time limit for noticing a stale connection: a server that closed an idle connection reports it within a round
     * trip; a later failure happened during processing.
     */
    private static final long NOTICED_NANOS = 1_000_000_000;

    /** Whether the transport reports the start of the request and has not done so yet. */
    private volatile boolean waiting;

    private volatile boolean reused;
    private volatile boolean answering;
    private volatile boolean delivered;
    private volatile boolean abandoned;
    private volatile boolean sentBody;
    private volatile long begunNanos;
    private volatile @Nullable Runnable evict;
    private volatile BooleanSupplier repeatable = () -> true;

    // guarded by this object's lock
    private @Nullable Runnable abort;
    private boolean aborted;

    /** Creates the state for a request that has not started. */
    public ConnectionUse() {}

    /**
     * Announces that the transport reports the start of the request: a failure before it is that of a pooled
     * connection.
     */
    public void willBegin() {
        waiting = true;
        begunNanos = TimeSource.system().nanoTime();
    }

    /** Reports that the request starts on a new connection. */
    public void begin() {
        waiting = false;
        reused = false;
        answering = false;
        evict = null;
        begunNanos = TimeSource.system().nanoTime();
    }

    /**
     * Reports that the request starts on a connection that was used before.
     *
     * @param evict closes the connections to the same server that have been idle since before now
     */
    public void beginReused(Runnable evict) {
        begin();
        this.evict = evict;
        reused = true;
    }

    /** Reports the start of the response: later failures do not mean that the connection was stale. */
    public void answering() {
        answering = true;
    }

    /** Reports that a body is being sent. */
    public void sendsBody() {
        sentBody = true;
    }

    /** Whether the request has a body that was sent, at least in part. */
    public boolean hasSentBody() {
        return sentBody;
    }

    /**
     * Sets the check that the transport runs before it resends the request on its own.
     *
     * @param same whether the body is still the same; called on the thread that waits for the response, and may block
     */
    public void repeatsIf(BooleanSupplier same) {
        repeatable = same;
    }

    /** Whether the transport can send the same request again. */
    public boolean isRepeatable() {
        return repeatable.getAsBoolean();
    }

    /** Reports that the caller has the response and closes it. */
    public void delivered() {
        delivered = true;
    }

    /** Reports that no caller waits for the response. Unless the caller has it already, the connection is closed. */
    public void abandoned() {
        abandoned = true;
        if (!delivered) {
            abort();
        }
    }

    /** Whether the request was abandoned, so that the transport releases the response itself. */
    public boolean isAbandoned() {
        return abandoned;
    }

    /**
     * Sets how the transport aborts the request.
     *
     * @param abort closes the connection if the request still holds it; neither blocks nor reads
     */
    public void abortsBy(Runnable abort) {
        synchronized (this) {
            this.abort = abort;
            if (!aborted) {
                return;
            }
        }
        run(abort);
    }

    /** Whether {@link #abort} closes the connection. */
    public synchronized boolean canAbort() {
        return abort != null;
    }

    /** Closes the connection if the request still holds one and the transport has set how. */
    public void abort() {
        Runnable known;
        synchronized (this) {
            aborted = true;
            known = abort;
        }
        run(known);
    }

    private static void run(@Nullable Runnable abort) {
        try {
            if (abort != null) {
                abort.run();
            }
        } catch (RuntimeException closed) {
            // the connection is closed already
        }
    }

    /** Whether the failure is that of a connection that the server closed while it was idle. */
    boolean isStale(Throwable failure) {
        return (reused || waiting) && isLostAtOnce(failure);
    }

    /** Whether the request has started on a connection, as far as the transport reports it. */
    boolean hasBegun() {
        return !waiting;
    }

    /** Whether the connection was closed before any response, and too early for the server to have done long work. */
    public boolean isLostAtOnce(Throwable failure) {
        return !answering && ageNanos() < NOTICED_NANOS && LostConnections.isLost(failure);
    }

    /** Returns the time since the request started, in nanoseconds. */
    public long ageNanos() {
        return TimeSource.system().nanoTime() - begunNanos;
    }

    /** Evicts connections of the same age from the pool before the request is sent again. */
    void evict() {
        Runnable known = evict;
        reused = false;
        waiting = false;
        run(known);
    }
}
