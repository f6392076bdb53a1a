package dev.retrykit.internal.timer;

/** The timer as seen by entries that arm themselves. Times are nanoseconds of its own clock, which starts at zero. */
interface Arming {

    long now();

    /** Converts a time of {@link System#nanoTime()}. */
    long of(long nanoTime);

    /** Sets when an entry fires, replacing its earlier time. */
    void set(TimerEntry entry, long when);
}
