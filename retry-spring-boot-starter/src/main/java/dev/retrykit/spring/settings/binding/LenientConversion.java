package dev.retrykit.spring.settings.binding;

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
    private static final Set<String> RATES = Set.of("failurerate", "slowcall.rate", "minsuccess");

    /** The keys of a policy, a circuit or a budget that an empty value switches off. */
    static final List<String> SWITCHES = List.of(
            "attempt-timeout", "slow-call.duration", "consecutive-failures", "min-success", "budget.min-success");

    /** The value that disables idempotency keys. */
    public static final String NO_KEYS = "off";

    private static final String KEY = "idempotency-key";

    private static final Map<String, Object> SWITCHED_OFF = Map.of(
            "attempttimeout",
            Duration.ZERO,
            "slowcall.duration",
            Duration.ZERO,
            "consecutivefailures",
            0,
            "minsuccess",
            0.0);

    private LenientConversion() {}

    /** Converts a text that is not of the key's type; null if it has no meaning for the key. */
    static @Nullable Object read(String key, String text) {
        Matcher percent = PERCENT.matcher(text);
        if (percent.matches() && ends(key, RATES)) {
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
        String canonical = canonical(key);
        for (Map.Entry<String, Object> entry : SWITCHED_OFF.entrySet()) {
            if (isAt(canonical, entry.getKey())) {
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
        boolean off = key.equals(KEY) && value instanceof String text && isOff(text);
        return off ? NO_KEYS : value;
    }

    private static boolean ends(String key, Set<String> suffixes) {
        String canonical = canonical(key);
        return suffixes.stream().anyMatch(suffix -> isAt(canonical, suffix));
    }

    private static boolean isAt(String canonical, String suffix) {
        return canonical.endsWith("." + suffix) || canonical.equals(suffix);
    }

    private static String canonical(String key) {
        return SpellingMatcher.canonical(key).replace("]", "");
    }
}
