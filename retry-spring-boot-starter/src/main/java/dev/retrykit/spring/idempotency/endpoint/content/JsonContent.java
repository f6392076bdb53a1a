package dev.retrykit.spring.idempotency.endpoint.content;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The content of JSON, independent of the order of members, white space, and the notation of numbers.
 *
 * <p>A number stays text: as a {@code BigDecimal}, a number with a thousand digits would be expensive, and one with a
 * large exponent throws. The nesting depth is limited by Jackson, by default to 500.
 */
final class JsonContent {

    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonContent() {}

    /** Returns the same bytes for the same content; null if it is not valid JSON, or contains a member twice. */
    static byte @Nullable [] of(byte[] json) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            Object value = read(parser, parser.nextToken());
            if (value == null || parser.nextToken() != null) {
                return null;
            }
            StringBuilder text = new StringBuilder(json.length);
            write(value, text);
            return text.toString().getBytes(StandardCharsets.UTF_8);
        } catch (JacksonException unreadable) {
            return null;
        }
    }

    /**
     * Returns a map, a list, a string, or a {@link Text} for other values; null if the JSON is incomplete, or if a
     * member occurs twice.
     */
    private static @Nullable Object read(JsonParser parser, @Nullable JsonToken token) {
        if (token == null) {
            return null;
        }
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Text(JsonNumber.canonical(parser.getString()));
            default -> new Text(parser.getString());
        };
    }

    private static @Nullable Object object(JsonParser parser) {
        Map<String, Object> members = new TreeMap<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            Object value = read(parser, parser.nextToken());
            if (value == null || members.put(name, value) != null) {
                return null;
            }
        }
        return members;
    }

    private static @Nullable Object array(JsonParser parser) {
        List<Object> elements = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            Object element = read(parser, token);
            if (element == null) {
                return null;
            }
            elements.add(element);
        }
        return elements;
    }

    private static void write(Object value, StringBuilder text) {
        if (value instanceof Map<?, ?> members) {
            text.append('{');
            members.forEach((name, member) -> {
                write(name, text);
                write(member, text);
            });
            text.append('}');
        } else if (value instanceof List<?> elements) {
            text.append('[');
            elements.forEach(element -> write(element, text));
            text.append(']');
        } else if (value instanceof Text other) {
            text.append(other.text()).append(',');
        } else {
            String string = (String) value;
            text.append('"')
                    .append(string.length())
                    .append(':')
                    .append(string); // the length makes different contents distinct
        }
    }

    /** A number, true, false or null. */
    private record Text(String text) {}
}
