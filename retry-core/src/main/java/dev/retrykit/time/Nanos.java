package dev.retrykit.time;

import java.time.Duration;

/** Durations as nanoseconds that can be added to any reading of a clock without an overflow. */
public final class Nanos {

    /** About 146 years, which stands for "no limit". */
    public static final long UNLIMITED = Long.MAX_VALUE / 2;

    private static final Duration LONGEST = Duration.ofNanos(UNLIMITED);

    private Nanos() {}

    /** The duration in nanoseconds, between minus and plus {@link #UNLIMITED}. */
    public static long of(Duration duration) {
        if (duration.compareTo(LONGEST) >= 0) {
            return UNLIMITED;
        }
        return duration.compareTo(LONGEST.negated()) <= 0 ? -UNLIMITED : duration.toNanos();
    }
}
