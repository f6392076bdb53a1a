package dev.retrykit.time;

import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The JDK's clocks. One timer thread serves all calls: what it runs only hands work over. */
enum SystemTime implements TimeSource {
    INSTANCE;

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public void sleep(long nanos) throws InterruptedException {
        sleep(nanos, new Alarm());
    }

    @Override
    public void sleep(long nanos, Alarm alarm) throws InterruptedException {
        alarm.await(this, nanos);
    }

    @Override
    public Scheduled schedule(Runnable task, long delayNanos) {
        Future<?> future = Timer.EXECUTOR.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    /** Made on first use, so that programs without asynchronous calls or attempt timeouts have no timer thread. */
    private static final class Timer {

        static final ScheduledThreadPoolExecutor EXECUTOR = start();

        private static ScheduledThreadPoolExecutor start() {
            ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
                Thread thread = new Thread(null, task, "retrykit-timer", 0, false);
                thread.setDaemon(true);
                return thread;
            });
            executor.setRemoveOnCancelPolicy(true);
            return executor;
        }
    }
}
