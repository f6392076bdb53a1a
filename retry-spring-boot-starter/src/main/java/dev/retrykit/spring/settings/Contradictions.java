package dev.retrykit.spring.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Turns what the engine says against a setting into a message with the user's own keys, values and origins. */
final class Contradictions {

    private Contradictions() {}

    /**
     * Builds something.
     *
     * @param section what it is and its key, as in {@code retrykit.policies.inventory}
     * @param written what is written about it
     * @param keys the user's key by the engine's word for it
     * @throws InvalidSettingException if the engine doesn't accept the settings
     */
    static <T> T translated(String section, Layer written, Map<String, String> keys, Supplier<T> build) {
        try {
            return build.get();
        } catch (IllegalArgumentException refused) {
            throw new InvalidSettingException(
                    "Settings of " + section + " are wrong: " + translate(String.valueOf(refused.getMessage()), keys)
                            + "."
                            + origins(section, String.valueOf(refused.getMessage()), written, keys),
                    "Change the value so that it keeps the rule.");
        }
    }

    private static String translate(String message, Map<String, String> keys) {
        String translated = message;
        for (Map.Entry<String, String> entry : keys.entrySet()) {
            translated = word(entry.getKey()).matcher(translated).replaceAll(entry.getValue());
        }
        return readableDurations(translated);
    }

    private static String readableDurations(String message) {
        return Pattern.compile("\\bPT[0-9.HMS]+\\b")
                .matcher(message)
                .replaceAll(match -> Durations.text(java.time.Duration.parse(match.group())));
    }

    private static String origins(String section, String message, Layer written, Map<String, String> keys) {
        List<String> lines = new ArrayList<>();
        keys.forEach((word, key) -> {
            Setting setting = written.setting(key);
            if (setting != null && word(word).matcher(message).find()) {
                lines.add("\n    " + section + "." + key + " = " + Texts.of(setting.value()) + " (" + setting.origin()
                        + ")");
            }
        });
        return lines.isEmpty() ? "" : "\n" + String.join("", lines);
    }

    private static Pattern word(String word) {
        return Pattern.compile("\\b" + Pattern.quote(word) + "\\b");
    }
}
