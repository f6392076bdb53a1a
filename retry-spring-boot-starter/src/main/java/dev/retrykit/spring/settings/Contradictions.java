package dev.retrykit.spring.settings;

import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Translates validation messages of the engine into messages with the user's keys, values and origins. */
final class Contradictions {

    private static final Pattern DURATION = Pattern.compile("\\bPT-?[0-9][-0-9.HMS]*\\b");

    private Contradictions() {}

    /**
     * Builds a policy and translates the exception if that fails.
     *
     * @param section the key of the policy, circuit or budget, such as {@code retrykit.policies.inventory}
     * @param written the configured settings
     * @param keys maps the engine's term for a setting to the user's key
     * @throws InvalidSettingException if the engine rejects the settings
     */
    static <T> T translated(String section, SettingsLayer written, Map<String, String> keys, Supplier<T> build) {
        try {
            return build.get();
        } catch (IllegalArgumentException refused) {
            throw refusal(section, written, keys, String.valueOf(refused.getMessage()));
        }
    }

    private static InvalidSettingException refusal(
            String section, SettingsLayer written, Map<String, String> keys, String message) {
        Map<String, Setting> named = new LinkedHashMap<>();
        String rule = anyOf(keys).matcher(message).replaceAll(word -> {
            String key = String.valueOf(keys.get(word.group()));
            Setting setting = written.setting(key);
            if (setting != null) {
                named.put(key, setting);
            }
            return Matcher.quoteReplacement(key);
        });
        String lines = named.entrySet().stream()
                .map(entry -> "\n    " + section + "." + entry.getKey() + " = "
                        + MessageText.of(entry.getValue().value()) + " ("
                        + entry.getValue().origin() + ")")
                .collect(Collectors.joining());
        return new InvalidSettingException(
                "Invalid settings for " + section + ": " + readableDurations(rule) + "."
                        + (lines.isEmpty() ? "" : "\n" + lines),
                named.size() > 1 ? "Change one of these values." : "Change the value.");
    }

    /** Matches all terms in one pass, longest first, so that an inserted key is never taken for another term. */
    private static Pattern anyOf(Map<String, String> keys) {
        return Pattern.compile(keys.keySet().stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.joining("|", "\\b(?:", ")\\b")));
    }

    private static String readableDurations(String message) {
        return DURATION.matcher(message)
                .replaceAll(match -> Matcher.quoteReplacement(Durations.text(Duration.parse(match.group()))));
    }
}
