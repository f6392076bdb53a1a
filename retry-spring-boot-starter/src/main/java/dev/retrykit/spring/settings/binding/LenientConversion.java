package dev.retrykit.spring.settings.binding;

import dev.retrykit.spring.settings.BudgetSettings;
import dev.retrykit.spring.settings.CircuitSettings;
import dev.retrykit.spring.settings.PolicySettings;
import dev.retrykit.spring.settings.SettingKey;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Converts values that some keys accept besides those of their type: percentages with a sign, and words that switch a
 * setting off.
 */
public final class LenientConversion {

    /** YAML reads an unquoted {@code off} as false. */
    private static final Set<String> OFF = Set.of("off", "false", "none", "0", "0s", "");

    private static final Pattern PERCENT = Pattern.compile("\\s*([0-9]+(?:\\.[0-9]+)?)\\s*%\\s*");

    private static final List<SettingKey<Double>> RATES =
            List.of(CircuitSettings.FAILURE_RATE, CircuitSettings.SLOW_CALL_RATE, BudgetSettings.MIN_SUCCESS);

    /** The settings that an empty value switches off, by key, with the value that means off. */
    static final Map<String, Object> SWITCHES = Map.ofEntries(
            Map.entry(PolicySettings.ATTEMPT_TIMEOUT.name(), Duration.ZERO),
            Map.entry(CircuitSettings.SLOW_CALL_DURATION.name(), Duration.ZERO),
            Map.entry(CircuitSettings.CONSECUTIVE_FAILURES.name(), 0),
            Map.entry(BudgetSettings.MIN_SUCCESS.name(), 0.0),
            Map.entry(BudgetSettings.MIN_SUCCESS.below("budget").name(), 0.0));

    /** The value that disables idempotency keys. */
    public static final String NO_KEYS = "off";

    private LenientConversion() {}

    /** Converts a text that is not of the key's type; null if it has no meaning for the key. */
    static @Nullable Object read(String key, String text) {
        Matcher percent = PERCENT.matcher(text);
        if (percent.matches() && RATES.stream().anyMatch(rate -> isAt(key, rate.name()))) {
            return Double.valueOf(percent.group(1));
        }
        return isOff(text) ? off(key) : null;
    }

    /** Whether a text means that a setting is off. */
    static boolean isOff(String text) {
        return OFF.contains(text.trim().toLowerCase(Locale.ROOT));
    }

    /** The value that switches a setting off; null if it cannot be switched off. */
    static @Nullable Object off(String key) {
        for (Map.Entry<String, Object> entry : SWITCHES.entrySet()) {
            if (isAt(key, entry.getKey())) {
                return entry.getValue();
            }
        }
        return null;
    }

    /**
     * Returns the value as bound, or the value that switches the key off. Apart from the words for off, any text can be
     * an expression.
     */
    static Object switchedOff(String key, Object value) {
        boolean off = key.equals(PolicySettings.IDEMPOTENCY_KEY.name()) && value instanceof String text && isOff(text);
        return off ? NO_KEYS : value;
    }

    private static boolean isAt(String key, String setting) {
        return key.endsWith("." + setting) || key.equals(setting);
    }
}
