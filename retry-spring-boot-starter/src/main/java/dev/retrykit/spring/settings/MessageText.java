package dev.retrykit.spring.settings;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Formats values for messages, as a user would write them. */
public final class MessageText {

    private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");
    private static final int LONGEST = 200;

    private MessageText() {}

    /** Quotes external text for a message: on one line, and truncated if it is long. */
    public static String quoted(@Nullable Object written) {
        return "'" + line(String.valueOf(written), LONGEST) + "'";
    }

    /** Truncates external text, and escapes invisible characters that could forge a log line or hide in one. */
    public static String line(String written, int longest) {
        String cut = written.length() > longest ? written.substring(0, longest) + "…" : written;
        return INVISIBLE.matcher(cut).replaceAll(match -> Matcher.quoteReplacement(escape(match.group())));
    }

    private static String escape(String invisible) {
        return switch (invisible) {
            case "\n" -> "\\n";
            case "\r" -> "\\r";
            case "\t" -> "\\t";
            default -> String.format(Locale.ROOT, "\\u%04x", invisible.codePointAt(0));
        };
    }

    /** Formats a value: durations and enum constants as in YAML, classes by name, numbers and booleans unchanged. */
    public static Object of(Object value) {
        if (value instanceof Duration duration) {
            return Durations.text(duration);
        }
        if (value instanceof Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
        if (value instanceof Class<?> type) {
            return type.getName();
        }
        return value instanceof List<?> list
                ? list.stream().map(MessageText::of).toList()
                : value;
    }
}
