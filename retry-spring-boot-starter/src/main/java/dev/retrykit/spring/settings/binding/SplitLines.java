package dev.retrykit.spring.settings.binding;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Joins lines that YAML has split: in braces, <code>{ com.acme.ApiException: status(getCode, getHeaders) }</code> is a
 * key with the value {@code status(getCode}, and a key {@code getHeaders)} without a value.
 */
final class SplitLines {

    private SplitLines() {}

    /**
     * Returns the lines as intended.
     *
     * @param read keys and values in the order of the file
     */
    static Map<String, String> joined(Map<String, String> read) {
        Map<String, String> lines = new LinkedHashMap<>();
        String cut = null;
        for (Map.Entry<String, String> entry : read.entrySet()) {
            if (cut != null && entry.getValue().isBlank()) {
                lines.merge(cut, entry.getKey(), SplitLines::join);
            } else {
                lines.put(entry.getKey(), entry.getValue());
                cut = cutAt(entry);
            }
        }
        return lines;
    }

    private static @Nullable String cutAt(Map.Entry<String, String> entry) {
        return isOpen(entry.getValue()) ? entry.getKey() : null;
    }

    /** Spring Boot removes parentheses from keys. */
    private static String join(String line, String rest) {
        String joined = line + ", " + rest;
        return isOpen(joined) ? joined + ")" : joined;
    }

    private static boolean isOpen(String text) {
        return text.lastIndexOf('(') > text.lastIndexOf(')');
    }
}
