package dev.retrykit.time;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Converts durations to nanoseconds that can be added to any reading of a clock without overflow. */
public final class Nanos {

    /** About 146 years, which means "no limit". */
    public static final long UNLIMITED = Long.MAX_VALUE / 2;

    private Nanos() {}

    /** The duration in nanoseconds, between minus and plus {@link #UNLIMITED}. */
    public static long of(Duration duration) {
        return Math.max(-UNLIMITED, Math.min(UNLIMITED, TimeUnit.NANOSECONDS.convert(duration)));
    }
}
