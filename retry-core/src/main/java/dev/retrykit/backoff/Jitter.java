package dev.retrykit.backoff;

import java.util.random.RandomGenerator;

/**
 * How a delay is randomized, so that clients that failed together do not return together.
 *
 * <p>The formulas are those of "Exponential Backoff And Jitter" (Marc Brooker, AWS Architecture Blog, 2015), except
 * that {@link #DECORRELATED} applies the cap to the bounds of the draw. The article's {@code min(cap, uniform(base, 3 *
 * previous))} puts a third of the late delays exactly on the cap.
 */
public enum Jitter {

    /** The delay unchanged. */
    NONE {
        @Override
        long spread(long delayNanos, BackoffPolicy backoff, long previousNanos, RandomGenerator random) {
            return delayNanos;
        }
    },

    /** {@code uniform(0, delay)}: the lowest load on the server. */
    FULL {
        @Override
        long spread(long delayNanos, BackoffPolicy backoff, long previousNanos, RandomGenerator random) {
            return uniform(0, delayNanos, random);
        }
    },

    /** {@code delay/2 + uniform(0, delay/2)}: never less than half of the delay. */
    EQUAL {
        @Override
        long spread(long delayNanos, BackoffPolicy backoff, long previousNanos, RandomGenerator random) {
            return uniform(delayNanos / 2, delayNanos, random);
        }
    },

    /** {@code uniform(base, min(cap, 3 * previous))}. It grows by itself, so strategy and multiplier do not apply. */
    DECORRELATED {
        @Override
        long spread(long delayNanos, BackoffPolicy backoff, long previousNanos, RandomGenerator random) {
            long base = backoff.delayNanos();
            long previous = Math.max(base, previousNanos);
            long cap = backoff.maxDelayNanos();
            return uniform(base, previous > cap / 3 ? cap : 3 * previous, random);
        }
    };

    abstract long spread(long delayNanos, BackoffPolicy backoff, long previousNanos, RandomGenerator random);

    /** Both ends included; low is never above high. */
    private static long uniform(long low, long high, RandomGenerator random) {
        return random.nextLong(low, high + 1);
    }
}
