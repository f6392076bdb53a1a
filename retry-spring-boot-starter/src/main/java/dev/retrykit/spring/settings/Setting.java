package dev.retrykit.spring.settings;

/**
 * A value and where it came from.
 *
 * @param value the value
 * @param origin a file with its line, an annotation with its method, {@code default}, {@code customizer} for what a bean
 *     put in the place of a default, or {@code derived} for a default that gave way to a written value
 */
public record Setting(Object value, String origin) {

    /** The library's own value. */
    public static final String DEFAULT = "default";

    /** What a customizer has put in the place of the library's own value. */
    public static final String CUSTOMIZER = "customizer";

    /** A default that gave way to a written value. */
    public static final String DERIVED = "derived";
}
