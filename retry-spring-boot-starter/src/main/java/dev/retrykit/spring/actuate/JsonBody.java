package dev.retrykit.spring.actuate;

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
 * The JSON of a request. Boot reads a map of texts and answers anything else 400 without a reason, so the whole of it comes
 * in the place of such a map, as its only text.
 */
final class JsonBody {

    /** The key of that text. */
    static final String TEXT = "\u0000json";

    /** In the place of settings: what is wrong with the body. */
    static final String REFUSED = "\u0000refused";

    /** The longest body that is read, in bytes. */
    static final int LONGEST = 100_000;

    private static final String REMEDY =
            "Send an object with flat keys, as in {\"maxAttempts\": 2, \"backoff.delay\": \"1s\"}.";

    private JsonBody() {}

    /** A map with nothing but the text of a body. */
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

    /** Settings by flat key, or under {@link #REFUSED} what is wrong. */
    static Map<String, @Nullable Object> read(String json) {
        try {
            if (!json.strip().startsWith("{")) {
                throw new InvalidSettingException(
                        "The body is no JSON object, or is longer than " + LONGEST + " bytes.", REMEDY);
            }
            return flat(JsonParserFactory.getJsonParser().parseMap(json));
        } catch (InvalidSettingException refused) {
            return Map.of(REFUSED, refused);
        } catch (JsonParseException | IllegalStateException unreadable) {
            return Map.of(REFUSED, new InvalidSettingException("The body is no JSON.", REMEDY));
        }
    }

    /**
     * The same with a flat key for each nested one.
     *
     * @throws InvalidSettingException if a key is there twice
     */
    static Map<String, @Nullable Object> flat(Map<?, ?> nested) {
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
                throw new InvalidSettingException(MessageText.quoted(key) + " is there twice.", "Write it once.");
            } else {
                into.put(key, text(value));
            }
        });
    }

    private static @Nullable Object text(@Nullable Object value) {
        return value instanceof Number || value instanceof Boolean ? String.valueOf(value) : value;
    }
}
