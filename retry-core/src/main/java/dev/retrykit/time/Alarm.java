package dev.retrykit.time;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Ends one sleep early. Thread-safe. Once rung, it stays rung. */
public final class Alarm {

    private volatile boolean rung;
    private volatile @Nullable Thread sleeper;

    /** Creates an alarm that has not been rung. */
    public Alarm() {}

    /** Ends the sleep, or prevents it from starting. */
    public void ring() {
        rung = true;
        Thread thread = sleeper;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    /** Whether the alarm has been rung. */
    public boolean hasRung() {
        return rung;
    }

    /** Sleeps on this thread until the time is over by the given clock, or until the alarm is rung. */
    void await(TimeSource clock, long nanos) throws InterruptedException {
        sleeper = Thread.currentThread();
        long start = clock.nanoTime();
        throwIfInterrupted();
        for (long left = nanos; left > 0 && !rung; left = nanos - (clock.nanoTime() - start)) {
            LockSupport.parkNanos(this, left);
            throwIfInterrupted();
        }
        sleeper = null;
    }

    private static void throwIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }
}
