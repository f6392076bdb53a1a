package dev.retrykit.spring.settings;

import java.util.List;

/**
 * A value and where it came from.
 *
 * @param value the value
 * @param origin a file with its line, an annotation with its method, {@code default}, {@code customizer} for what a bean
 *     put in the place of a default, or {@code derived} for a default that gave way to a written value
 * @param resolved whether a placeholder was filled in, so that a text may hold what somebody else keeps secret
 */
public record Setting(Object value, String origin, boolean resolved) {

    private static final String PLACEHOLDER = "${…}";

    /** One that was written without a placeholder, or not written at all. */
    public Setting(Object value, String origin) {
        this(value, origin, false);
    }

    /**
     * Whether it may hold what somebody else keeps secret: a text, or a list of texts, into which a placeholder was filled.
     * What is a number, a duration or a class is none.
     */
    public boolean mayBeSecret() {
        return resolved
                && (value instanceof String
                        || value instanceof List<?> list && list.stream().anyMatch(String.class::isInstance));
    }

    /** The value as a user would write it, for logs and messages; in the place of what may be secret a placeholder. */
    public Object shown() {
        return mayBeSecret() ? PLACEHOLDER : MessageText.of(value);
    }

    /** The library's own value. */
    public static final String DEFAULT = "default";

    /** What a customizer has put in the place of the library's own value. */
    public static final String CUSTOMIZER = "customizer";

    /** A default that gave way to a written value. */
    public static final String DERIVED = "derived";
}
