package dev.retrykit.documentation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.boot.json.JsonParserFactory;

/** The configuration metadata of all libraries on the class path, by which editors complete keys. */
final class Metadata {

    private static final List<Key> KEYS = read();

    private static final List<String> PREFIXES =
            List.of("retrykit.", "management.endpoint.retry.", "management.health.circuits.");

    private Metadata() {}

    /**
     * A key.
     *
     * @param value the default, or an empty text
     */
    record Key(String name, String type, String value, String description) {

        /** Whether this is the key of a property, or of the map that contains it. */
        boolean describes(String property) {
            boolean open = type.startsWith("java.util.Map") || type.equals("java.util.Properties");
            return property.equals(name) || open && property.startsWith(name + ".");
        }
    }

    /** The keys of retrykit, by name. */
    static List<Key> ofRetrykit() {
        return KEYS.stream()
                .filter(key -> PREFIXES.stream().anyMatch(key.name()::startsWith))
                .sorted(Comparator.comparing(Key::name))
                .toList();
    }

    /** Whether a library reads a property. */
    static boolean isKnown(String property) {
        String plain = property.replaceAll("\\[\\d+]", "");
        return KEYS.stream().anyMatch(key -> key.describes(plain));
    }

    private static List<Key> read() {
        try {
            List<Key> keys = new ArrayList<>();
            for (var file : Collections.list(
                    Metadata.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
                try (InputStream stream = file.openStream()) {
                    String json = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
                    Object properties =
                            JsonParserFactory.getJsonParser().parseMap(json).get("properties");
                    entries(properties).map(Metadata::key).forEach(keys::add);
                }
            }
            return List.copyOf(keys);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Stream<Map<?, ?>> entries(Object properties) {
        return properties instanceof List<?> list ? list.stream().map(entry -> (Map<?, ?>) entry) : Stream.of();
    }

    private static Key key(Map<?, ?> entry) {
        return new Key(
                text(entry, "name"), text(entry, "type"), text(entry, "defaultValue"), text(entry, "description"));
    }

    private static String text(Map<?, ?> entry, String field) {
        Object value = entry.get(field);
        return value instanceof List<?> list
                ? String.join(", ", list.stream().map(Object::toString).toList())
                : value == null ? "" : value.toString();
    }
}
