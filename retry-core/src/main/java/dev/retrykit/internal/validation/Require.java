package dev.retrykit.internal.validation;

import dev.retrykit.failure.InvalidPolicyException;
import java.time.Duration;

/** Checks settings. */
public final class Require {

    private Require() {}

    /** Another setting that a rule refers to, with its value. */
    public record Other(String setting, Object value) {}

    /**
     * Rejects a setting that breaks its rule.
     *
     * @param rule what the setting must be, such as {@code must be 0 to 10}
     * @throws InvalidPolicyException if the rule does not hold
     */
    public static void require(boolean holds, String setting, String rule, Object value) {
        if (!holds) {
            throw new InvalidPolicyException(setting, rule, value);
        }
    }

    /**
     * Rejects a setting that contradicts another one.
     *
     * @param rule what the setting must be, up to the name of the other one, such as {@code must not be above}
     * @throws InvalidPolicyException if the rule does not hold
     */
    public static void require(boolean holds, String setting, String rule, Other other, Object value) {
        if (!holds) {
            throw new InvalidPolicyException(setting, rule, other.setting(), other.value(), value);
        }
    }

    /**
     * Rejects a duration of zero or less.
     *
     * @throws InvalidPolicyException if it is not above zero
     */
    public static void requirePositive(String setting, Duration value) {
        require(!value.isNegative() && !value.isZero(), setting, "must be above zero", value);
    }

    /**
     * Rejects a duration outside its range, ends included.
     *
     * @param range the range in words
     * @throws InvalidPolicyException if it is outside
     */
    public static void requireBetween(String setting, String range, Duration least, Duration most, Duration value) {
        boolean holds = value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
        require(holds, setting, "must be " + range, value);
    }
}
