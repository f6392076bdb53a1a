package dev.retrykit.spring.log;

import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongConsumer;

/** Logs the first line immediately, and combines those of the following ten seconds into one line with their number. */
public final class LogThrottle {

    /** Time after a line during which further lines are only counted. */
    public static final Duration QUIET = Duration.ofSeconds(10);

    private final TimeSource time;
    private final Executor executor;
    private boolean said;
    private long saidNanos;
    private long held;
    private LongConsumer summary = count -> {};

    /**
     * Creates a throttle that has logged nothing.
     *
     * @param executor runs the summaries
     */
    public LogThrottle(TimeSource time, Executor executor) {
        this.time = time;
        this.executor = executor;
    }

    /**
     * Logs a line, or counts it.
     *
     * @param line logs the line
     * @param summary logs the summary of the counted lines; that of the last one is used
     */
    public void say(Runnable line, LongConsumer summary) {
        if (isHeldBack(summary)) {
            return;
        }
        line.run();
    }

    /** The first counted line schedules the summary; no timer runs while there is nothing to summarize. */
    private synchronized boolean isHeldBack(LongConsumer summary) {
        long now = time.nanoTime();
        long quietNanos = QUIET.toNanos() - (now - saidNanos);
        if (!said || quietNanos <= 0 && held == 0) {
            said = true;
            saidNanos = now;
            return false;
        }
        this.summary = summary;
        if (held == 0) {
            time.schedule(this::handOver, quietNanos);
        }
        held++;
        return true;
    }

    /** Leaves the timer's thread: a slow log must not block calls that wait for their delay. */
    private void handOver() {
        try {
            executor.execute(this::summarize);
        } catch (RejectedExecutionException shutDown) {
            summarize();
        }
    }

    private void summarize() {
        long count;
        LongConsumer last;
        synchronized (this) {
            count = held;
            last = summary;
            held = 0;
            saidNanos = time.nanoTime();
        }
        last.accept(count);
    }
}
