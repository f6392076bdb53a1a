package dev.retrykit.spring.settings;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What some keys take besides values of their type: a percent sign, and words that switch them off. */
final class LenientConversion {

    /** YAML reads {@code off} without quotes as false. */
    private static final Set<String> OFF = Set.of("off", "false", "none", "0", "0s", "");

    private static final Pattern PERCENT = Pattern.compile("\\s*([0-9]+(?:\\.[0-9]+)?)\\s*%\\s*");
    private static final Set<String> RATES = Set.of("failurerate", "slowcall.rate", "minsuccess");

    /** The keys that a value can be absent from, below a policy, a circuit or a budget. */
    static final List<String> SWITCHES = List.of(
            "attempt-timeout", "slow-call.duration", "consecutive-failures", "min-success", "budget.min-success");

    /** What switches idempotency keys off. */
    static final String NO_KEYS = "off";

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

    /** The value of a text that isn't one of the key's type; null if it means nothing. */
    static @Nullable Object read(String key, String text) {
        Matcher percent = PERCENT.matcher(text);
        if (percent.matches() && ends(key, RATES)) {
            return Double.valueOf(percent.group(1));
        }
        return isOff(text) ? off(key) : null;
    }

    /** Whether a text says that something is off. */
    static boolean isOff(String text) {
        return OFF.contains(text.trim().toLowerCase(Locale.ROOT));
    }

    /** What switches a setting off; null if it can't be. */
    static @Nullable Object off(String key) {
        String canonical = canonical(key);
        for (Map.Entry<String, Object> entry : SWITCHED_OFF.entrySet()) {
            if (isAt(canonical, entry.getKey())) {
                return entry.getValue();
            }
        }
        return null;
    }

    /** A value as it is bound, or what switches its key off: any text can be an expression but for some words. */
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
