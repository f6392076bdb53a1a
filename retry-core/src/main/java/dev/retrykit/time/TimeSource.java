package dev.retrykit.time;

import java.time.Instant;

/**
 * The engine's source of time, and how it waits: {@link #system()} in production, {@link ManualTime} in tests.
 *
 * <p>Implementations are thread-safe. All engine decisions use {@link #nanoTime()}, which never runs backwards;
 * {@link #now()} is the wall clock and is only used to interpret HTTP dates.
 */
public interface TimeSource {

    /**
     * Returns the system's monotonic clock, with sleeping threads and one timer for all calls of this JVM. Its tasks
     * run on daemon threads that end when they are idle; a task that blocks delays no other call.
     */
    static TimeSource system() {
        return SystemTime.instance();
    }

    /** Monotonic nanoseconds from an arbitrary origin; only differences are meaningful. */
    long nanoTime();

    /** The wall clock. It may jump; no delay or deadline is measured with it. */
    Instant now();

    /**
     * Waits for at least this time.
     *
     * @param nanos nanoseconds; zero or less returns immediately
     * @throws InterruptedException when the thread is interrupted before or while waiting, also for a zero wait
     */
    void sleep(long nanos) throws InterruptedException;

    /**
     * Waits like {@link #sleep(long)}, but at most until the alarm is rung. A source that does not support alarms
     * sleeps the full time.
     *
     * @param nanos nanoseconds; zero or less returns immediately
     * @throws InterruptedException when the thread is interrupted before or while waiting, also for a zero wait
     */
    default void sleep(long nanos, Alarm alarm) throws InterruptedException {
        sleep(nanos);
    }

    /**
     * Runs a short, non-blocking task once on the timer, no earlier than the delay.
     *
     * @param delayNanos nanoseconds; with zero or less it is due immediately
     * @return a handle that cancels the task
     */
    Scheduled schedule(Runnable task, long delayNanos);

    /** A scheduled task. */
    @FunctionalInterface
    interface Scheduled {

        /** Cancels the task if it has not started; otherwise does nothing. */
        void cancel();
    }
}
