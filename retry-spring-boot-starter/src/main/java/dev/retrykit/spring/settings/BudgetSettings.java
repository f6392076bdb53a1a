package dev.retrykit.spring.settings;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The configured settings of one retry budget.
 *
 * @param ratio Tokens that each successful call adds to the budget, from 0 to 10. Each failed retry spends one token.
 *     Default 0.1.
 * @param window Lifetime of an earned token, from 10ms to 1d. Default 10s.
 * @param reserve Number of tokens available at startup, from 0 to 1000000. Reserve tokens do not expire. Default 5.
 * @param minSuccess Minimum percentage of successful attempts in the window for retries to be granted, from 0 to 100. A
 *     value of 0 or "off" disables the check. Default 60.
 * @param unlimited Whether to grant every retry, without tokens. Default false.
 */
public record BudgetSettings(
        @Nullable Double ratio,
        @Nullable Duration window,
        @Nullable Integer reserve,
        @Nullable Double minSuccess,
        @Nullable Boolean unlimited) {

    /** The key of {@link #ratio()}. */
    public static final SettingKey<Double> RATIO = SettingKey.of("ratio", Double.class);
    /** The key of {@link #window()}. */
    public static final SettingKey<Duration> WINDOW = SettingKey.of("window", Duration.class);
    /** The key of {@link #reserve()}. */
    public static final SettingKey<Integer> RESERVE = SettingKey.of("reserve", Integer.class);
    /** The key of {@link #minSuccess()}. */
    public static final SettingKey<Double> MIN_SUCCESS = SettingKey.of("min-success", Double.class);

    /** No settings: a budget with all defaults. */
    public static final BudgetSettings EMPTY = new BudgetSettings(null, null, null, null, null);
}
