package dev.retrykit.spring.settings;

import java.util.List;

/**
 * A value and its origin.
 *
 * @param value the value
 * @param origin a file with the line, an annotation with its method, {@code default}, {@code customizer} for a default
 *     changed by a customizer bean, or {@code derived} for a default adjusted to a configured value
 * @param resolved whether a placeholder was resolved, so that a text may contain a secret
 */
public record Setting(Object value, String origin, boolean resolved) {

    private static final String PLACEHOLDER = "${…}";

    /** Creates a setting without a placeholder, or one that is not configured. */
    public Setting(Object value, String origin) {
        this(value, origin, false);
    }

    /**
     * Whether the value may be a secret: a text, or a list of texts, in which a placeholder was resolved. Numbers,
     * durations and classes are never secrets.
     */
    public boolean mayBeSecret() {
        return resolved
                && (value instanceof String
                        || value instanceof List<?> list && list.stream().anyMatch(String.class::isInstance));
    }

    /** The value as a user would write it, for logs and messages; a placeholder if the value may be a secret. */
    public Object shown() {
        return mayBeSecret() ? PLACEHOLDER : MessageText.of(value);
    }

    /** Origin of a library default. */
    public static final String DEFAULT = "default";

    /** Origin of a default changed by a customizer. */
    public static final String CUSTOMIZER = "customizer";

    /** Origin of a default adjusted to a configured value. */
    public static final String DERIVED = "derived";
}
