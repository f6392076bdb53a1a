package dev.retrykit.spring.actuate.web;

import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.json.JsonParseException;
import org.springframework.boot.json.JsonParserFactory;

/**
 * The JSON body of a request. Boot expects a map of strings and answers anything else with 400 and no reason, so the
 * whole body is passed as the only string in such a map.
 */
public final class JsonBody {

    /** The key of that string. */
    public static final String TEXT = "\u0000json";

    /** Key of the exception for an invalid body, in place of settings. */
    public static final String REFUSED = "\u0000refused";

    /** Maximum size of a body in bytes. */
    static final int LONGEST = 100_000;

    private static final String REMEDY =
            "Send an object with flat keys, for example {\"maxAttempts\": 2, \"backoff.delay\": \"1s\"}.";

    private JsonBody() {}

    /** Returns a map that contains only the text of a body, as JSON. */
    static byte[] wrapped(byte[] body) {
        String text = body.length > LONGEST ? "" : new String(body, StandardCharsets.UTF_8);
        StringBuilder wrapped = new StringBuilder(text.length() + 30);
        quote(TEXT, wrapped.append('{'));
        quote(text, wrapped.append(':'));
        return wrapped.append('}').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void quote(String text, StringBuilder into) {
        into.append('"');
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            boolean plain = next >= ' ' && next <= '~' && next != '"' && next != '\\';
            into.append(plain ? String.valueOf(next) : String.format(Locale.ROOT, "\\u%04x", (int) next));
        }
        into.append('"');
    }

    /** Returns the settings by flat key, or under {@link #REFUSED} the reason why the body is invalid. */
    public static Map<String, @Nullable Object> read(String json) {
        try {
            if (!json.strip().startsWith("{")) {
                throw new InvalidSettingException(
                        "The body is not a JSON object, or is longer than " + LONGEST + " bytes.", REMEDY);
            }
            return flat(JsonParserFactory.getJsonParser().parseMap(json));
        } catch (InvalidSettingException refused) {
            return Map.of(REFUSED, refused);
        } catch (JsonParseException | IllegalStateException unreadable) {
            return Map.of(REFUSED, new InvalidSettingException("The body is not valid JSON.", REMEDY));
        }
    }

    /**
     * Replaces nested keys with flat keys.
     *
     * @throws InvalidSettingException if a key occurs twice
     */
    public static Map<String, @Nullable Object> flat(Map<?, ?> nested) {
        Map<String, @Nullable Object> flat = new LinkedHashMap<>();
        flatten("", nested, flat);
        return flat;
    }

    private static void flatten(String prefix, Map<?, ?> nested, Map<String, @Nullable Object> into) {
        nested.forEach((name, value) -> {
            String key = prefix + name;
            if (value instanceof Map<?, ?> below) {
                flatten(key + ".", below, into);
            } else if (into.containsKey(key)) {
                throw new InvalidSettingException(MessageText.quoted(key) + " occurs twice.", "Remove one of the two.");
            } else {
                into.put(key, text(value));
            }
        });
    }

    private static @Nullable Object text(@Nullable Object value) {
        return value instanceof Number || value instanceof Boolean ? String.valueOf(value) : value;
    }
}
