package dev.retrykit.spring.idempotency.endpoint.content;

import dev.retrykit.spring.idempotency.IdempotencyDecision;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parsed header with the idempotency key. A value that breaks a rule goes no further. */
public sealed interface KeyHeader {

    /** Maximum length of a key in characters. */
    int LONGEST = 255;

    /**
     * A valid key.
     *
     * @param text the key without quotes
     */
    record Key(String text) implements KeyHeader {}

    /** The header is missing. */
    record Missing() implements KeyHeader {}

    /**
     * The header is invalid.
     *
     * @param rule the rule that it breaks
     */
    record Invalid(String rule) implements KeyHeader {}

    /** Decides about a request by its key alone, before the store is used. */
    default IdempotencyDecision decision(boolean required) {
        if (this instanceof Invalid) {
            return IdempotencyDecision.INVALID;
        }
        return this instanceof Missing && required ? IdempotencyDecision.MISSING : IdempotencyDecision.EXECUTE;
    }

    /** Parses the header; {@code "k"}, a string as in RFC 9651, and {@code k} are the same key. */
    static KeyHeader of(List<String> lines) {
        if (lines.isEmpty()) {
            return new Missing();
        }
        if (lines.size() > 1) {
            return new Invalid("it must contain one key, not several");
        }
        String written = lines.get(0).strip();
        if (written.chars().anyMatch(Character::isISOControl)) {
            return new Invalid("a key must not contain control characters");
        }
        String text = written.startsWith("\"") ? unquoted(written) : written;
        if (text == null) {
            return new Invalid("a value that starts with a quote must be a string as in RFC 9651");
        }
        if (text.isBlank()) {
            return new Invalid("a key must not be empty");
        }
        return text.length() > LONGEST
                ? new Invalid("a key must have at most " + LONGEST + " characters")
                : new Key(text);
    }

    private static @Nullable String unquoted(String written) {
        StringBuilder text = new StringBuilder();
        int last = written.length() - 1;
        for (int i = 1; i < last; i++) {
            char next = written.charAt(i);
            if (next == '"') {
                return null;
            }
            if (next == '\\') {
                i++;
                next = written.charAt(i);
                if (i == last || next != '"' && next != '\\') {
                    return null;
                }
            }
            text.append(next);
        }
        return last > 0 && written.charAt(last) == '"' ? text.toString() : null;
    }
}
