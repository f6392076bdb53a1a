package dev.retrykit.backoff;

import static dev.retrykit.internal.validation.Require.require;

import dev.retrykit.internal.validation.Require.Other;
import dev.retrykit.time.Nanos;
import java.time.Duration;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The delay before each retry: a strategy, its first delay, and a cap. Immutable.
 *
 * <p>The delay is capped first and jittered afterwards, so it is never above the cap. No retry number overflows it.
 */
public final class BackoffPolicy {

    private static final BackoffPolicy DEFAULTS = exponential(Duration.ofMillis(200), 2, Duration.ofSeconds(10));

    private final Strategy strategy;
    private final @Nullable DelayFunction function;
    private final long delayNanos;
    private final double multiplier;
    private final long maxDelayNanos;

    private BackoffPolicy(
            Strategy strategy, @Nullable DelayFunction function, Duration delay, double multiplier, Duration maxDelay) {
        require(!delay.isNegative(), "delay", "must be zero or more", delay);
        require(maxDelay.compareTo(delay) >= 0, "maxDelay", "must not be below", new Other("delay", delay), maxDelay);
        require(
                multiplier >= 1 && !Double.isInfinite(multiplier),
                "multiplier",
                "must be 1 or more and finite",
                multiplier);
        this.strategy = Objects.requireNonNull(strategy, "strategy");
        this.function = function;
        this.delayNanos = Nanos.of(delay);
        this.multiplier = multiplier;
        this.maxDelayNanos = Nanos.of(maxDelay);
    }

    /** Returns the default: exponential from 200 ms, doubling, up to 10 s. */
    public static BackoffPolicy defaults() {
        return DEFAULTS;
    }

    /**
     * Creates a backoff with a constant delay.
     *
     * @throws IllegalArgumentException if the delay is negative
     */
    public static BackoffPolicy fixed(Duration delay) {
        return of(Strategy.FIXED, delay, 1, delay);
    }

    /**
     * {@code delay * retry}, up to the cap.
     *
     * @throws IllegalArgumentException if the delay is negative or above the cap
     */
    public static BackoffPolicy linear(Duration delay, Duration maxDelay) {
        return of(Strategy.LINEAR, delay, 1, maxDelay);
    }

    /**
     * {@code delay * multiplier^(retry - 1)}, up to the cap.
     *
     * @param multiplier 1 or more
     * @throws IllegalArgumentException if the delay is negative or above the cap, or the multiplier below 1
     */
    public static BackoffPolicy exponential(Duration delay, double multiplier, Duration maxDelay) {
        return of(Strategy.EXPONENTIAL, delay, multiplier, maxDelay);
    }

    /**
     * {@code delay} times 1, 1, 2, 3, 5, 8 …, up to the cap.
     *
     * @throws IllegalArgumentException if the delay is negative or above the cap
     */
    public static BackoffPolicy fibonacci(Duration delay, Duration maxDelay) {
        return of(Strategy.FIBONACCI, delay, 1, maxDelay);
    }

    /**
     * Creates a backoff with any of the strategies; only {@link Strategy#EXPONENTIAL} uses the multiplier.
     *
     * @throws IllegalArgumentException if the delay is negative or above the cap, or the multiplier below 1
     */
    public static BackoffPolicy of(Strategy strategy, Duration delay, double multiplier, Duration maxDelay) {
        return new BackoffPolicy(strategy, null, delay, multiplier, maxDelay);
    }

    /** Returns this policy with a delay function in place of the strategy; the cap stays. */
    public BackoffPolicy with(DelayFunction delayFunction) {
        return new BackoffPolicy(
                strategy,
                Objects.requireNonNull(delayFunction, "delayFunction"),
                Duration.ofNanos(delayNanos),
                multiplier,
                Duration.ofNanos(maxDelayNanos));
    }

    /**
     * Computes the delay before a retry, in nanoseconds.
     *
     * @param retry 1 for the first retry
     * @param jitter how to randomize it
     * @param previousNanos what this method returned for the previous retry; 0 for the first
     * @param random the source of randomness
     */
    public long delayNanos(int retry, Jitter jitter, long previousNanos, RandomGenerator random) {
        return jitter.spread(cappedNanos(retry, previousNanos), this, previousNanos, random);
    }

    /** The strategy by which the delay grows. */
    public Strategy strategy() {
        return strategy;
    }

    /** The delay before the first retry, before jitter. */
    public Duration delay() {
        return Duration.ofNanos(delayNanos);
    }

    /** The factor of {@link Strategy#EXPONENTIAL}. */
    public double multiplier() {
        return multiplier;
    }

    /** The upper bound of the delay. */
    public Duration maxDelay() {
        return Duration.ofNanos(maxDelayNanos);
    }

    long delayNanos() {
        return delayNanos;
    }

    long maxDelayNanos() {
        return maxDelayNanos;
    }

    private long cappedNanos(int retry, long previousNanos) {
        if (function != null) {
            long own = Nanos.of(function.delay(retry, Duration.ofNanos(previousNanos)));
            return Math.min(Math.max(0, own), maxDelayNanos);
        }
        double factor = switch (strategy) {
            case FIXED -> 1;
            case LINEAR -> retry;
            case EXPONENTIAL -> Math.pow(multiplier, retry - 1.0);
            case FIBONACCI -> fibonacci(retry);
        };
        // A delay of zero stays zero even if the factor is infinite: 0 * infinity is NaN, which is cast to 0.
        double uncapped = delayNanos * factor;
        return uncapped >= maxDelayNanos ? maxDelayNanos : (long) uncapped;
    }

    /** The 92nd is the last that a {@code long} can hold, so the 93rd is beyond any cap. */
    private static double fibonacci(int n) {
        double previous = 0;
        double current = 1;
        for (int i = 1; i < Math.min(n, 93); i++) {
            double next = previous + current;
            previous = current;
            current = next;
        }
        return current;
    }

    @Override
    public String toString() {
        return function != null
                ? "delay function up to " + maxDelay()
                : strategy + " from " + delay() + " up to " + maxDelay();
    }
}
