package dev.retrykit.internal.book;

import dev.retrykit.internal.foreign.PropertyPath;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The values that a code can have: words and numbers, some of them as ranges.
 *
 * @param words exact values
 * @param ranges pairs of numbers, lowest and highest
 */
record CodeSet(Set<String> words, List<long[]> ranges) {

    private static final Pattern RANGE = Pattern.compile("(-?\\d{1,18})(?:-(-?\\d{1,18}))?");

    static CodeSet of(List<String> texts) {
        Set<String> words = new HashSet<>();
        List<long[]> ranges = new ArrayList<>();
        for (String text : texts) {
            Matcher range = RANGE.matcher(text);
            if (range.matches()) {
                long lowest = Long.parseLong(range.group(1));
                long highest = range.group(2) == null ? lowest : Long.parseLong(range.group(2));
                if (highest < lowest) {
                    throw new MalformedLineException("the range '" + text + "' must begin with its lower number");
                }
                ranges.add(new long[] {lowest, highest});
            }
            words.add(text);
        }
        return new CodeSet(Set.copyOf(words), List.copyOf(ranges));
    }

    boolean hasNumber(long number) {
        for (long[] range : ranges) {
            if (number >= range[0] && number <= range[1]) {
                return true;
            }
        }
        return false;
    }

    /** Matches an enum constant by its name, any other value by its text, and a collection by any of its elements. */
    boolean has(Object value) {
        if (value instanceof Collection<?> several) {
            return hasAny(several);
        }
        return hasOne(value);
    }

    private boolean hasAny(Collection<?> values) {
        try {
            int left = PropertyPath.MOST_ELEMENTS;
            for (Object value : values) {
                if (left-- == 0) {
                    break;
                }
                if (value != null && hasOne(value)) {
                    return true;
                }
            }
            return false;
        } catch (RuntimeException unreadable) {
            return false;
        }
    }

    private boolean hasOne(Object value) {
        if (value instanceof Number number) {
            return hasNumber(number.longValue());
        }
        return words.contains(value instanceof Enum<?> constant ? constant.name() : text(value));
    }

    /** The text of a foreign value; empty if reading it fails. */
    static String text(Object value) {
        try {
            String text = value.toString();
            return text == null ? "" : text;
        } catch (Throwable untold) {
            return "";
        }
    }
}
