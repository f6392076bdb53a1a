package dev.retrykit.spring.idempotency;

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
 * What has to be done with a store beside calls: leases to renew and to end, records to remove. On threads of its own, so
 * that leases are renewed when everything else is busy.
 */
final class ClaimMaintenance implements AutoCloseable {

    private static final Log LOG = LogFactory.getLog(ClaimMaintenance.class);

    private static final int THREADS = 4;

    private final TimeSource time;
    private final ThreadPoolExecutor threads;
    private final LogThrottle log;

    ClaimMaintenance(TimeSource time) {
        this.time = time;
        threads = StoreThreads.named("retrykit-idempotency-", THREADS);
        log = new LogThrottle(time, threads);
    }

    /** A warning; as long as a store is down, each call has the same one. */
    void warn(String line, @Nullable Throwable failure) {
        log.say(
                () -> LOG.warn(line, failure),
                count -> LOG.warn(line + "; this and the like " + count + " times more"));
    }

    /** Does something later. */
    Scheduled after(Duration delay, Runnable task) {
        return time.schedule(() -> start(task), delay.toNanos());
    }

    /** Does something at once, on a thread of its own. */
    void start(Runnable task) {
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
