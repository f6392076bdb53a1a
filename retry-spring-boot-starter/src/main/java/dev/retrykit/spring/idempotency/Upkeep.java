package dev.retrykit.spring.idempotency;

import dev.retrykit.spring.log.Throttle;
import dev.retrykit.time.TimeSource;
import dev.retrykit.time.TimeSource.Scheduled;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * What has to be done with a store beside calls: leases to renew, steps to take again that a store which was down refused,
 * records to remove. On threads of its own, so that leases are renewed when everything else is busy.
 */
final class Upkeep implements AutoCloseable {

    private static final Log LOG = LogFactory.getLog(Upkeep.class);

    private static final int THREADS = 2;
    private static final int IDLE_SECONDS = 30;

    /** Answers wait in memory: more of them than this would be a leak as long as a store is down. */
    private static final int MOST_WAITING = 256;

    private static final int TRIES = 30;
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(2);

    private final TimeSource time;
    private final ThreadPoolExecutor threads;
    private final AtomicInteger waiting = new AtomicInteger();
    private final Throttle log;

    Upkeep(TimeSource time) {
        this.time = time;
        AtomicInteger number = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "retrykit-idempotency-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        log = new Throttle(time, threads);
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

    /**
     * Takes a step now, and again for a while if the store is down. What a later try comes to says nothing: an earlier one
     * may have been carried out although its answer was lost.
     *
     * @param refused is told if the store refuses the step
     */
    void untilDone(BooleanSupplier step, Runnable refused, String id) {
        try {
            if (!step.getAsBoolean()) {
                refused.run();
            }
        } catch (RuntimeException down) {
            warn(
                    "The store couldn't be told what became of the idempotency key " + id + "; it is tried again for "
                            + BETWEEN_TRIES.multipliedBy(TRIES).toSeconds() + " s",
                    down);
            untilDoneLater(step, id);
        }
    }

    /** Takes a step soon, and again for a while if the store is down. */
    void untilDoneLater(BooleanSupplier step, String id) {
        if (waiting.incrementAndGet() > MOST_WAITING) {
            waiting.decrementAndGet();
            warn("Too much waits for the store: the idempotency key " + id + " is left as it is", null);
        } else {
            again(step, id, TRIES);
        }
    }

    private void again(BooleanSupplier step, String id, int left) {
        after(BETWEEN_TRIES, () -> {
            try {
                boolean taken = step.getAsBoolean();
                waiting.decrementAndGet();
                LOG.debug("A later step for the idempotency key " + id + (taken ? " was taken" : " was refused"));
            } catch (RuntimeException down) {
                if (left > 1) {
                    again(step, id, left - 1);
                } else {
                    waiting.decrementAndGet();
                    warn("The store never learned what became of the idempotency key " + id, down);
                }
            }
        });
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
