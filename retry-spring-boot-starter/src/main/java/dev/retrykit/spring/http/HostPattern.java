package dev.retrykit.spring.http;

import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.WrittenSettings;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which hosts something holds for: one host, or with {@code *.} all whose names end so.
 *
 * @param text in lower case
 */
record HostPattern(String text) {

    /** What may stand for a host, for messages. */
    static final String RULE = "a host name or address without scheme and port, or '*.' and the end of a name, or '*'";

    private static final Pattern LEGAL =
            Pattern.compile("\\*|(\\*\\.)?[\\p{Alnum}_-]+(\\.[\\p{Alnum}_-]+)*|\\[[0-9a-fA-F:.]+]");

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException if it is none
     */
    static HostPattern of(String written) {
        if (!LEGAL.matcher(written).matches()) {
            throw new IllegalArgumentException("it must be " + RULE);
        }
        return new HostPattern(written.toLowerCase(Locale.ROOT));
    }

    /**
     * Reads a pattern that is the value of a setting.
     *
     * @throws InvalidSettingException if it is none
     */
    static HostPattern of(WrittenSettings written, String key, String text) {
        try {
            return of(text);
        } catch (IllegalArgumentException illegal) {
            throw written.wrong(key, text, String.valueOf(illegal.getMessage()));
        }
    }

    /** Whether it holds for a host; never for none. */
    boolean matches(@Nullable String host) {
        if (host == null) {
            return false;
        }
        String name = host.toLowerCase(Locale.ROOT);
        return isWildcard() ? name.endsWith(text.substring(1)) : name.equals(text);
    }

    /** Whether there is more than one such host. */
    boolean isWildcard() {
        return text.startsWith("*");
    }
}
