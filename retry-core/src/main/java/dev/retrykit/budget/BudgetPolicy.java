package dev.retrykit.budget;

import static dev.retrykit.internal.validation.Require.require;
import static dev.retrykit.internal.validation.Require.requireBetween;

import dev.retrykit.time.Nanos;
import java.time.Duration;
import java.util.Objects;

/**
 * The settings of a {@link RetryBudget}. Immutable; {@link Builder} documents ranges and defaults.
 *
 * <pre>{@code
 * BudgetPolicy policy = BudgetPolicy.builder()
 *         .ratio(0.2)
 *         .reserve(10)
 *         .build();
 * RetryBudget budget = RetryBudget.of("inventory", policy);
 * }</pre>
 */
public final class BudgetPolicy {

    private static final BudgetPolicy DEFAULTS = builder().build();
    private static final BudgetPolicy UNLIMITED = new BudgetPolicy(new Builder(), true);

    private final double ratio;
    private final Duration window;
    private final int reserve;
    private final double minSuccess;
    private final boolean unlimited;
    private final long windowNanos;
    private final long earnedPerSuccess;

    private BudgetPolicy(Builder builder, boolean unlimited) {
        this.ratio = builder.ratio;
        this.window = builder.window;
        this.reserve = builder.reserve;
        this.minSuccess = builder.minSuccess;
        this.unlimited = unlimited;
        this.windowNanos = Nanos.of(window);
        this.earnedPerSuccess = Math.round(ratio * BudgetState.TOKEN);
    }

    /** Returns the default settings: ratio 0.1, window 10 s, reserve 5, minimum success 60 %. */
    public static BudgetPolicy defaults() {
        return DEFAULTS;
    }

    /** Returns settings without a limit: every retry is granted. */
    public static BudgetPolicy unlimited() {
        return UNLIMITED;
    }

    /**
     * Creates settings with the default minimum success of 60 %.
     *
     * @throws IllegalArgumentException if a value is outside the range that the builder documents
     */
    public static BudgetPolicy of(double ratio, Duration window, int reserve) {
        return builder().ratio(ratio).window(window).reserve(reserve).build();
    }

    /** Starts with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Starts with the settings of this policy, which itself does not change. For an {@linkplain #unlimited unlimited}
     * budget, starts with the defaults.
     */
    public Builder toBuilder() {
        return builder().ratio(ratio).window(window).reserve(reserve).minSuccess(minSuccess);
    }

    /** Tokens that each successful call earns. */
    public double ratio() {
        return ratio;
    }

    /** How long an earned token lives, and how far back successes and failures are compared. */
    public Duration window() {
        return window;
    }

    /** Tokens that are available from the start. */
    public int reserve() {
        return reserve;
    }

    /**
     * Percentage of the attempts in the window, or of the last 20 attempts, that must succeed for any retry to be
     * granted; 0 = off.
     */
    public double minSuccess() {
        return minSuccess;
    }

    /** Whether every retry is granted. */
    public boolean isUnlimited() {
        return unlimited;
    }

    @Override
    public String toString() {
        return unlimited
                ? "unlimited"
                : "ratio " + ratio + ", window " + window + ", reserve " + reserve + ", min-success " + minSuccess
                        + " %";
    }

    /** Builds a {@link BudgetPolicy}; {@link #build()} validates the settings. */
    public static final class Builder {

        private static final Duration SHORTEST_WINDOW = Duration.ofMillis(10);
        private static final Duration LONGEST_WINDOW = Duration.ofDays(1);

        private double ratio = 0.1;
        private Duration window = Duration.ofSeconds(10);
        private int reserve = 5;
        private double minSuccess = 60;

        private Builder() {}

        /**
         * Tokens that each successful call earns: 0 to 10, default 0.1. If both ratio and reserve are 0, no retry is
         * granted.
         */
        public Builder ratio(double ratio) {
            this.ratio = ratio;
            return this;
        }

        /** How long an earned token lives: 10 ms to 1 day, default 10 s. */
        public Builder window(Duration window) {
            this.window = Objects.requireNonNull(window, "window");
            return this;
        }

        /** Tokens that are available from the start: 0 to 1,000,000, default 5. */
        public Builder reserve(int reserve) {
            this.reserve = reserve;
            return this;
        }

        /**
         * Percentage of the attempts in the window, or of the last 20 attempts, that must succeed: 0 (off) to 100,
         * default 60. It applies to each retry once there are 20 attempts, and to the return of a reserve token with
         * any number of attempts.
         */
        public Builder minSuccess(double minSuccess) {
            this.minSuccess = minSuccess;
            return this;
        }

        /**
         * Builds the settings.
         *
         * @throws IllegalArgumentException if a setting is out of range; the message names the first such setting
         */
        public BudgetPolicy build() {
            require(ratio >= 0 && ratio <= 10, "ratio", "must be 0 to 10", ratio);
            requireBetween("window", "10 ms to 1 day", SHORTEST_WINDOW, LONGEST_WINDOW, window);
            require(reserve >= 0 && reserve <= 1_000_000, "reserve", "must be 0 to 1000000", reserve);
            require(minSuccess >= 0 && minSuccess <= 100, "minSuccess", "must be 0 to 100 percent", minSuccess);
            return new BudgetPolicy(this, false);
        }
    }

    long windowNanos() {
        return windowNanos;
    }

    /** Whether there is never a token; then there is no allowance and no probe either. */
    boolean grantsNothing() {
        return !unlimited && ratio == 0 && reserve == 0;
    }

    /** In millionths of a token. */
    long earnedPerSuccess() {
        return earnedPerSuccess;
    }
}
