package dev.retrykit.internal.timer;

/** A timer as entries see it that arm themselves. Times are nanoseconds of its own clock, which begins at zero. */
interface Arming {

    long now();

    /** A time of {@link System#nanoTime()}. */
    long of(long nanoTime);

    /** Lets an entry be fired at a time, in place of the one that it had before. */
    void set(TimerEntry entry, long when);
}
