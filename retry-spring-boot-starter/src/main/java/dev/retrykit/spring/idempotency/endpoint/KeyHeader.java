package dev.retrykit.spring.idempotency.endpoint;

import dev.retrykit.spring.idempotency.IdempotencyDecision;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the header of an idempotency key says; nothing that isn't looked at here gets any further. */
public sealed interface KeyHeader {

    /** The longest key, in characters. */
    int LONGEST = 255;

    /**
     * A key.
     *
     * @param text without the quotes that it may stand in
     */
    record Key(String text) implements KeyHeader {}

    /** There is none. */
    record Missing() implements KeyHeader {}

    /**
     * There is one that none can be.
     *
     * @param rule the rule that it breaks
     */
    record Invalid(String rule) implements KeyHeader {}

    /** What to do with a request by its key alone, before any store is asked. */
    default IdempotencyDecision decision(boolean required) {
        if (this instanceof Invalid) {
            return IdempotencyDecision.INVALID;
        }
        return this instanceof Missing && required ? IdempotencyDecision.MISSING : IdempotencyDecision.EXECUTE;
    }

    /** Reads it; {@code "k"}, a string as in RFC 9651, and {@code k} are one key. */
    static KeyHeader of(List<String> lines) {
        if (lines.isEmpty()) {
            return new Missing();
        }
        if (lines.size() > 1) {
            return new Invalid("there must be one key, not several");
        }
        String written = lines.get(0).strip();
        if (written.chars().anyMatch(Character::isISOControl)) {
            return new Invalid("a key has no control characters");
        }
        String text = written.startsWith("\"") ? unquoted(written) : written;
        if (text == null) {
            return new Invalid("what begins with a quote is a string as in RFC 9651");
        }
        if (text.isBlank()) {
            return new Invalid("a key isn't empty");
        }
        return text.length() > LONGEST
                ? new Invalid("a key has " + LONGEST + " characters at the most")
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
