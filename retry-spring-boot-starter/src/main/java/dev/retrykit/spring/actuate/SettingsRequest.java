package dev.retrykit.spring.actuate;

import dev.retrykit.spring.settings.CircuitSettings;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.binding.SettingsBinder;
import dev.retrykit.spring.settings.binding.SpellingMatcher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses settings in a request's body. */
final class SettingsRequest {

    private static final int MOST = 50;
    private static final int LONGEST_VALUE = 10_000;

    private SettingsRequest() {}

    /**
     * Returns the values by key; null removes an earlier override.
     *
     * @param type the record type of the settings
     * @throws InvalidSettingException if there are no settings, too many, or settings that are not a single value
     */
    static Map<String, @Nullable String> of(Map<String, @Nullable Object> body, Class<? extends Record> type) {
        if (body.isEmpty() || body.size() > MOST) {
            throw new InvalidSettingException(
                    type == CircuitSettings.class
                            ? "The body must contain 'state' or settings."
                            : "The body must contain settings, for example {\"maxAttempts\": 2}.",
                    "Send at least one setting, and at most " + MOST + ".");
        }
        Map<String, @Nullable String> given = new LinkedHashMap<>();
        Set<String> spellings = new HashSet<>();
        body.forEach((key, value) -> {
            if (!spellings.add(SpellingMatcher.canonical(key))) {
                throw new InvalidSettingException(MessageText.quoted(key) + " occurs twice.", "Remove one of the two.");
            }
            given.put(key, value == null ? null : value(key, value, type));
        });
        return given;
    }

    private static String value(String key, Object value, Class<? extends Record> type) {
        if (!(value instanceof Collection<?> list) || !SettingsBinder.takesList(type, key)) {
            return single(key, value);
        }
        List<String> elements = new ArrayList<>();
        for (Object element : list) {
            String text = single(key, element == null ? list : element);
            if (text.contains(",")) {
                throw new InvalidSettingException(
                        "The list " + MessageText.quoted(key) + " contains a string with a comma, "
                                + MessageText.quoted(text) + ".",
                        "Split it into two elements.");
            }
            elements.add(text);
        }
        return String.join(",", elements);
    }

    private static String single(String key, Object value) {
        boolean single = value instanceof CharSequence || value instanceof Number || value instanceof Boolean;
        String text = String.valueOf(value).strip();
        if (!single || text.length() > LONGEST_VALUE) {
            throw new InvalidSettingException(
                    "The value of " + MessageText.quoted(key)
                            + " must be a string, a number, true or false, or for a list setting a list of these.",
                    "Write nested keys with dots, for example \"backoff.delay\".");
        }
        return text;
    }
}
