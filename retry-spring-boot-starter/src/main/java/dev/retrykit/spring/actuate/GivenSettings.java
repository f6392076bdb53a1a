package dev.retrykit.spring.actuate;

import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.Texts;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Settings in a request's body. */
final class GivenSettings {

    private static final int MOST = 50;
    private static final int LONGEST_VALUE = 10_000;

    private GivenSettings() {}

    /**
     * Values by key; null takes away what was given before.
     *
     * @param circuit whether they are a circuit's, which has a state too
     * @throws InvalidSettingException if there are none, too many, or ones that aren't a single value
     */
    static Map<String, @Nullable String> of(Map<String, @Nullable Object> body, boolean circuit) {
        if (body.isEmpty() || body.size() > MOST) {
            throw new InvalidSettingException(
                    circuit
                            ? "There must be a 'state' or settings in the body."
                            : "There must be settings in the body, as in {\"maxAttempts\": 2}.",
                    "Give at least one, and no more than " + MOST + ".");
        }
        Map<String, @Nullable String> given = new LinkedHashMap<>();
        body.forEach((key, value) -> given.put(key, value == null ? null : single(key, value)));
        return given;
    }

    private static String single(String key, Object value) {
        boolean single = value instanceof CharSequence || value instanceof Number || value instanceof Boolean;
        String text = String.valueOf(value).strip();
        if (!single || text.length() > LONGEST_VALUE) {
            throw new InvalidSettingException(
                    "The value of " + Texts.quoted(key) + " must be a text, a number, true or false.",
                    "Write nested keys with dots, as in \"backoff.delay\", and lists with commas.");
        }
        return text;
    }
}
