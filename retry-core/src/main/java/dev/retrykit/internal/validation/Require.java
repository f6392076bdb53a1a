package dev.retrykit.internal.validation;

import java.time.Duration;

/** What a setting must keep to. A message names the setting, its rule and the value that breaks it. */
public final class Require {

    private Require() {}

    /**
     * Rejects a setting that breaks its rule.
     *
     * @param rule the setting's name and what it must be, such as {@code "ratio must be 0 to 10"}
     * @throws IllegalArgumentException if the rule doesn't hold
     */
    public static void require(boolean holds, String rule, Object value) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ", but was " + value);
        }
    }

    /**
     * Rejects a duration of zero or less.
     *
     * @throws IllegalArgumentException if it isn't above zero
     */
    public static void requirePositive(String setting, Duration value) {
        require(!value.isNegative() && !value.isZero(), setting + " must be above zero", value);
    }

    /**
     * Rejects a duration outside its range, ends included.
     *
     * @param range the range in words
     * @throws IllegalArgumentException if it is outside
     */
    public static void requireBetween(String setting, String range, Duration least, Duration most, Duration value) {
        boolean holds = value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
        require(holds, setting + " must be " + range, value);
    }
}
