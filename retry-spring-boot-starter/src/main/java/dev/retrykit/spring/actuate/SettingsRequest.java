package dev.retrykit.spring.actuate;

import dev.retrykit.spring.settings.CircuitSettings;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.SettingsBinder;
import dev.retrykit.spring.settings.SpellingMatcher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Settings in a request's body. */
final class SettingsRequest {

    private static final int MOST = 50;
    private static final int LONGEST_VALUE = 10_000;

    private SettingsRequest() {}

    /**
     * Values by key; null takes away what was given before.
     *
     * @param type what they are settings of
     * @throws InvalidSettingException if there are none, too many, or ones that aren't a single value
     */
    static Map<String, @Nullable String> of(Map<String, @Nullable Object> body, Class<? extends Record> type) {
        if (body.isEmpty() || body.size() > MOST) {
            throw new InvalidSettingException(
                    type == CircuitSettings.class
                            ? "There must be a 'state' or settings in the body."
                            : "There must be settings in the body, as in {\"maxAttempts\": 2}.",
                    "Give at least one, and no more than " + MOST + ".");
        }
        Map<String, @Nullable String> given = new LinkedHashMap<>();
        Set<String> spellings = new HashSet<>();
        body.forEach((key, value) -> {
            if (!spellings.add(SpellingMatcher.canonical(key))) {
                throw new InvalidSettingException(MessageText.quoted(key) + " is there twice.", "Write it once.");
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
                        "The list " + MessageText.quoted(key) + " holds a text with a comma, "
                                + MessageText.quoted(text) + ".",
                        "Make two of it.");
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
                            + " must be a text, a number, true or false; of a key that takes a list, a list of these.",
                    "Write nested keys with dots, as in \"backoff.delay\".");
        }
        return text;
    }
}
