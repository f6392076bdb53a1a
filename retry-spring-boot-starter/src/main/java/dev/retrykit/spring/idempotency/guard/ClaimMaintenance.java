package dev.retrykit.spring.idempotency.guard;

import dev.retrykit.spring.log.LogThrottle;
import dev.retrykit.time.TimeSource;
import dev.retrykit.time.TimeSource.Scheduled;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Runs the background work for a store: renews and ends leases, removes expired records. Uses its own threads, so that
 * leases are renewed even if all other threads are busy.
 */
public final class ClaimMaintenance implements AutoCloseable {

    private static final Log LOG = LogFactory.getLog(ClaimMaintenance.class);

    private static final int THREADS = 4;

    private final TimeSource time;
    private final ThreadPoolExecutor threads;
    private final LogThrottle log;

    public ClaimMaintenance(TimeSource time) {
        this.time = time;
        threads = StoreThreads.named("retrykit-idempotency-", THREADS);
        log = new LogThrottle(time, threads);
    }

    /** Logs a warning, throttled: while a store is down, each call would log the same one. */
    public void warn(String line, @Nullable Throwable failure) {
        log.say(
                () -> LOG.warn(line, failure),
                count -> LOG.warn(line + "; this or a similar warning " + count + " more times"));
    }

    /** Runs a task later. */
    public Scheduled after(Duration delay, Runnable task) {
        return time.schedule(() -> start(task), delay.toNanos());
    }

    /** Runs a task immediately on a separate thread. */
    public void start(Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException ended) {
            LOG.debug("The application has ended", ended);
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
