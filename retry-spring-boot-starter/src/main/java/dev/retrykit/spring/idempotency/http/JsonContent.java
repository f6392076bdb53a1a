package dev.retrykit.spring.idempotency.http;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The content of JSON: neither the order of members, nor white space, nor how a number is written. */
final class JsonContent {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private JsonContent() {}

    /** The same bytes for the same content; null if it isn't JSON, or says something twice. */
    static byte @Nullable [] of(byte[] json) {
        try {
            StringBuilder text = new StringBuilder(json.length);
            write(MAPPER.readTree(json), text);
            return text.toString().getBytes(StandardCharsets.UTF_8);
        } catch (JacksonException unreadable) {
            return null;
        }
    }

    private static void write(JsonNode node, StringBuilder text) {
        if (node.isObject()) {
            Map<String, JsonNode> members = new TreeMap<>();
            node.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
            text.append('{');
            members.forEach((name, value) -> {
                write(name, text);
                write(value, text);
            });
            text.append('}');
        } else if (node.isArray()) {
            text.append('[');
            node.forEach(element -> write(element, text));
            text.append(']');
        } else if (node.isNumber()) {
            BigDecimal number = node.decimalValue().stripTrailingZeros();
            text.append('n')
                    .append(number.unscaledValue())
                    .append('e')
                    .append(-number.scale())
                    .append(',');
        } else if (node.isString()) {
            write(node.stringValue(), text);
        } else {
            text.append(node).append(',');
        }
    }

    /** With its length, so that no two contents look alike. */
    private static void write(String string, StringBuilder text) {
        text.append('"').append(string.length()).append(':').append(string);
    }
}
