package dev.retrykit.spring.idempotency.store;

import dev.retrykit.failure.ThrowingCallable;
import dev.retrykit.time.TimeSource;
import dev.retrykit.time.TimeSource.Scheduled;
import java.time.Duration;

/**
 * Bounds what can be interrupted to the longest time that a caller waits for a store. It costs no second thread. Not for what
 * reads or writes files: an interrupt closes them. Deadlines of the caller don't count: the end of a claim must be told
 * after they are over, too.
 */
public final class BoundedWait {

    private static final long LIMIT_NANOS = Duration.ofSeconds(2).toNanos();

    private final Thread thread = Thread.currentThread();
    private boolean ended; // guarded by this
    private boolean interrupted; // guarded by this

    private BoundedWait() {}

    /** Calls on the caller's thread, which is interrupted after two seconds. */
    public static <T, X extends Exception> T call(ThrowingCallable<T, X> call) throws X {
        BoundedWait wait = new BoundedWait();
        Scheduled limit = TimeSource.system().schedule(wait::interrupt, LIMIT_NANOS);
        try {
            return call.call();
        } finally {
            limit.cancel();
            wait.end();
        }
    }

    private synchronized void interrupt() {
        if (!ended && !thread.isInterrupted()) {
            interrupted = true;
            thread.interrupt();
        }
    }

    /** No interrupt comes later, and one that came is taken back. */
    private synchronized void end() {
        ended = true;
        if (interrupted) {
            boolean taken = Thread.interrupted();
            interrupted = !taken;
        }
    }
}
