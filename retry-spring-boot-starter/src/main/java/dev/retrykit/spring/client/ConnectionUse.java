package dev.retrykit.spring.client;

import dev.retrykit.time.TimeSource;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a transport tells about the connection that a request travels over: whether it has served before, whether an answer
 * has begun, and how it is aborted. Thread-safe.
 */
public final class ConnectionUse {

    /** A peer that has dropped an idle connection says so within a round trip; what fails later failed at work. */
    private static final long NOTICED_NANOS = 1_000_000_000;

    /** Whether the transport says when the request begins, and it hasn't yet. */
    private volatile boolean waiting;

    private volatile boolean reused;
    private volatile boolean answering;
    private volatile boolean delivered;
    private volatile boolean abandoned;
    private volatile boolean sentBody;
    private volatile long begunNanos;
    private volatile @Nullable Runnable evict;
    private volatile BooleanSupplier repeatable = () -> true;

    // under this object's lock
    private @Nullable Runnable abort;
    private boolean aborted;

    /** Of a request that hasn't begun. */
    public ConnectionUse() {}

    /** The transport will say when the request begins: what is lost before was a connection that it took from its pool. */
    public void willBegin() {
        waiting = true;
        begunNanos = TimeSource.system().nanoTime();
    }

    /** The request begins on a new connection. */
    public void begin() {
        waiting = false;
        reused = false;
        answering = false;
        evict = null;
        begunNanos = TimeSource.system().nanoTime();
    }

    /**
     * The request begins on a connection that has served before.
     *
     * @param evict closes the connections to the same peer that have been idle since before now
     */
    public void beginReused(Runnable evict) {
        begin();
        this.evict = evict;
        reused = true;
    }

    /** The answer begins: whatever fails from now on, the peer was there. */
    public void answering() {
        answering = true;
    }

    /** A body goes out. */
    public void sendsBody() {
        sentBody = true;
    }

    /** Whether the request has a body that went out, at least in part. */
    public boolean hasSentBody() {
        return sentBody;
    }

    /**
     * A transport that sends the request again by itself asks before whether its body is still the same.
     *
     * @param same is asked by the thread that waits for the answer, and may wait
     */
    public void repeatsIf(BooleanSupplier same) {
        repeatable = same;
    }

    /** Whether the transport can send the same request again. */
    boolean isRepeatable() {
        return repeatable.getAsBoolean();
    }

    /** The answer is with the caller, who closes it. */
    public void delivered() {
        delivered = true;
    }

    /** Nobody waits for the answer any more: unless the caller has it already, the connection goes. */
    public void abandoned() {
        abandoned = true;
        if (!delivered) {
            abort();
        }
    }

    /** Whether the transport was told that nobody waits, and releases the answer itself. */
    public boolean isAbandoned() {
        return abandoned;
    }

    /**
     * The transport can abort the request.
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

    /** Closes the connection, if the request still holds one and the transport has said how. */
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
            // as it was to be
        }
    }

    /** Whether the failure is that of a connection that the peer had dropped while it was idle. */
    boolean isStale(Throwable failure) {
        return (reused || waiting) && isLostAtOnce(failure);
    }

    /** Whether the request has begun on a connection, as far as its transport says so. */
    boolean hasBegun() {
        return !waiting;
    }

    /** Whether the connection was closed before any answer, and before the peer can have worked for long. */
    boolean isLostAtOnce(Throwable failure) {
        return !answering && ageNanos() < NOTICED_NANOS && LostConnections.isLost(failure);
    }

    /** How long ago the request began. */
    long ageNanos() {
        return TimeSource.system().nanoTime() - begunNanos;
    }

    /** Throws away what is as old in the pool, before the request is sent again. */
    void evict() {
        Runnable known = evict;
        reused = false;
        waiting = false;
        run(known);
    }
}
