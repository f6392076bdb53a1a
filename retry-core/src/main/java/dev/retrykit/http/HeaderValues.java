package dev.retrykit.http;

import dev.retrykit.failure.Verdict;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads numbers and words in headers. No method throws, and all take time linear in the length of the text. */
final class HeaderValues {

    static final BigDecimal NANOS_PER_SECOND = BigDecimal.valueOf(1_000_000_000);
    static final BigDecimal NANOS_PER_MILLI = BigDecimal.valueOf(1_000_000);

    /** More digits than any time needs, not counting leading zeros. */
    private static final int MOST_DIGITS = 30;

    private static final Pattern NUMBER = Pattern.compile("[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+");
    private static final BigDecimal LONGEST = BigDecimal.valueOf(Long.MAX_VALUE);

    private HeaderValues() {}

    /** The longest time in some lines, each a number of units; {@link Verdict#NO_HINT} if there is none. */
    static long longest(List<String> lines, BigDecimal unit) {
        long longest = Verdict.NO_HINT;
        for (String line : lines) {
            for (int from = 0; from <= line.length(); from = endOfMember(line, from) + 1) {
                longest = Math.max(longest, number(member(line, from), unit));
            }
        }
        return longest;
    }

    /** The end of the member of a comma-separated list that begins at an index. */
    static int endOfMember(String line, int from) {
        int comma = line.indexOf(',', from);
        return comma < 0 ? line.length() : comma;
    }

    /** The member of a comma-separated list that begins at an index. */
    static String member(String line, int from) {
        return trimmed(line.substring(from, endOfMember(line, from)));
    }

    /** A number of units in nanoseconds, rounded up, at most {@link Long#MAX_VALUE}. */
    static long number(String text, BigDecimal unit) {
        if (!isNumber(text)) {
            return Verdict.NO_HINT;
        }
        int first = firstDigit(text);
        int point = text.indexOf('.');
        int whole = (point < 0 ? text.length() : point) - first;
        if (whole > MOST_DIGITS) {
            return Long.MAX_VALUE;
        }
        int end = point < 0 ? text.length() : Math.min(text.length(), point + 1 + MOST_DIGITS);
        boolean more = end < text.length() && hasMore(text, end);
        long nanos = nanos(decimal(text.substring(first, end)), unit);
        return more && nanos < Long.MAX_VALUE ? nanos + 1 : nanos;
    }

    /**
     * The exact number, cut after thirty decimal places, and limited if it has too many digits; null if the text is not
     * a number.
     */
    static @Nullable BigDecimal exact(String text) {
        if (!isNumber(text)) {
            return null;
        }
        int first = firstDigit(text);
        int point = text.indexOf('.');
        int end = point < 0 ? text.length() : Math.min(text.length(), point + 1 + MOST_DIGITS);
        int whole = (point < 0 ? text.length() : point) - first;
        return whole > MOST_DIGITS ? LONGEST : decimal(text.substring(first, end));
    }

    private static BigDecimal decimal(String text) {
        return new BigDecimal(text.endsWith(".") ? text + "0" : text);
    }

    private static int firstDigit(String text) {
        int first = 0;
        while (first < text.length() - 1 && text.charAt(first) == '0' && isDigit(text.charAt(first + 1))) {
            first++;
        }
        return first;
    }

    /** Uses no pattern for long texts, because that would take a stack frame per character. */
    private static boolean isNumber(String text) {
        if (text.length() <= MOST_DIGITS) {
            return NUMBER.matcher(text).matches();
        }
        int points = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '.') {
                points++;
            } else if (!isDigit(text.charAt(i))) {
                return false;
            }
        }
        return points <= 1;
    }

    private static boolean hasMore(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) != '0') {
                return true;
            }
        }
        return false;
    }

    static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }

    /** A number of units in nanoseconds, from zero to {@link Long#MAX_VALUE}. */
    static long nanos(BigDecimal number, BigDecimal unit) {
        if (number.signum() <= 0) {
            return 0;
        }
        BigInteger nanos = number.multiply(unit)
                .min(LONGEST)
                .setScale(0, RoundingMode.CEILING)
                .toBigInteger();
        return nanos.longValueExact();
    }

    /** Whether one of the lines is this word. */
    static boolean says(List<String> lines, String word) {
        for (String line : lines) {
            if (trimmed(line).equalsIgnoreCase(word)) {
                return true;
            }
        }
        return false;
    }

    /** Removes the optional white space of a header's value: only spaces and tabs. */
    static String trimmed(String line) {
        int from = 0;
        int to = line.length();
        while (from < to && isBlank(line.charAt(from))) {
            from++;
        }
        while (to > from && isBlank(line.charAt(to - 1))) {
            to--;
        }
        return line.substring(from, to);
    }

    private static boolean isBlank(char character) {
        return character == ' ' || character == '\t';
    }
}
