package dev.retrykit.time;

import java.time.Instant;

/**
 * Where the engine gets its time from, and how it waits. {@link #system()} outside tests, {@link ManualTime} in them.
 *
 * <p>Implementations are thread-safe. All engine decisions use {@link #nanoTime()}, which never runs backwards;
 * {@link #now()} is the wall clock and serves only to read HTTP dates.
 */
public interface TimeSource {

    /**
     * The system's monotonic clock, sleeping threads, and one timer for all calls of this JVM. Its tasks run on daemon
     * threads that end when they have nothing to do; a task that blocks holds up no other call.
     */
    static TimeSource system() {
        return SystemTime.instance();
    }

    /** Monotonic nanoseconds from an arbitrary origin, comparable by difference only. */
    long nanoTime();

    /** The wall clock. It may jump; no delay or deadline is measured with it. */
    Instant now();

    /**
     * Waits at least so long, never less.
     *
     * @param nanos nanoseconds; zero or less returns at once
     * @throws InterruptedException when the thread is interrupted before or while waiting, also for a zero wait
     */
    void sleep(long nanos) throws InterruptedException;

    /**
     * Waits as {@link #sleep(long)} does, but no longer than until the alarm is rung. A source that can't hear it sleeps
     * the time out.
     *
     * @param nanos nanoseconds; zero or less returns at once
     * @throws InterruptedException as above
     */
    default void sleep(long nanos, Alarm alarm) throws InterruptedException {
        sleep(nanos);
    }

    /**
     * Runs a short task that doesn't block, once, no earlier than the delay, on the timer.
     *
     * @param delayNanos nanoseconds; zero or less is due at once
     * @return what cancels the task
     */
    Scheduled schedule(Runnable task, long delayNanos);

    /** A task that waits for its time. */
    @FunctionalInterface
    interface Scheduled {

        /** Forgets the task if it hasn't started; otherwise does nothing. */
        void cancel();
    }
}
