package dev.retrykit.spring.log;

import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongConsumer;

/** Lets the first line through at once; those of the ten seconds after it become one line with their number. */
public final class LogThrottle {

    /** For how long nothing is said after a line. */
    public static final Duration QUIET = Duration.ofSeconds(10);

    private final TimeSource time;
    private final Executor executor;
    private boolean said;
    private long saidNanos;
    private long held;
    private LongConsumer summary = count -> {};

    /**
     * Nothing was said yet.
     *
     * @param executor what says the summaries
     */
    public LogThrottle(TimeSource time, Executor executor) {
        this.time = time;
        this.executor = executor;
    }

    /**
     * Says a line now, or counts it.
     *
     * @param line what is said if nothing was said lately
     * @param summary what is said later of the lines that were held back, of the last of them
     */
    public void say(Runnable line, LongConsumer summary) {
        if (isHeldBack(summary)) {
            return;
        }
        line.run();
    }

    /** The first line that is held back brings the summary; nothing is on the timer while there is nothing to sum up. */
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

    /** Off the timer: a log that is slow to write must not hold up the calls that wait for their time. */
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
