package dev.retrykit.failure;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by {@code build()} if a setting of a policy is out of its range or contradicts another one. The message names
 * the setting, its rule and its value, as in {@code minimumCalls must not be above countWindow, 20, but was 30}; the
 * accessors return each of them.
 */
public final class InvalidPolicyException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final String setting;
    private final String rule;
    private final @Nullable String otherSetting;
    private final transient @Nullable Object otherValue;
    private final transient @Nullable Object value;

    /**
     * Creates an exception for a setting that is out of its range.
     *
     * @param setting the {@linkplain #setting name} of the setting
     * @param rule the rule, such as {@code must be 0 to 10}
     * @param value the value that breaks it
     */
    public InvalidPolicyException(String setting, String rule, Object value) {
        this(setting, rule, null, null, value);
    }

    /**
     * Creates an exception for a setting that contradicts another one.
     *
     * @param setting the {@linkplain #setting name} of the setting
     * @param rule the rule, which ends before the name of the other setting, such as {@code must not be above}
     * @param otherSetting the name of the other setting
     * @param otherValue the value of the other setting
     * @param value the value that breaks the rule
     */
    public InvalidPolicyException(
            String setting, String rule, @Nullable String otherSetting, @Nullable Object otherValue, Object value) {
        super(setting + " " + rule + (otherSetting == null ? "" : " " + otherSetting + ", " + otherValue) + ", but was "
                + value);
        this.setting = setting;
        this.rule = rule;
        this.otherSetting = otherSetting;
        this.otherValue = otherValue;
        this.value = value;
    }

    /**
     * The name of the setting: that of the builder's method, followed by that of the parameter where a method sets several,
     * as in {@code retryAfter max}.
     */
    public String setting() {
        return setting;
    }

    /** The rule that the value breaks, such as {@code must be 0 to 10}. */
    public String rule() {
        return rule;
    }

    /** The name of the setting that the rule refers to, if it refers to one. */
    public Optional<String> otherSetting() {
        return Optional.ofNullable(otherSetting);
    }

    /** The value of the setting that the rule refers to. Empty after deserialization. */
    public Optional<Object> otherValue() {
        return Optional.ofNullable(otherValue);
    }

    /** The value that breaks the rule. Empty after deserialization. */
    public Optional<Object> value() {
        return Optional.ofNullable(value);
    }
}
