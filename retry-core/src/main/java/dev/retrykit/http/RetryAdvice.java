package dev.retrykit.http;

import dev.retrykit.failure.Verdict;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * What a response asks of whoever might send its request again.
 *
 * <p>Read are {@code Retry-After} (RFC 9110, 10.2.3: seconds or a date), {@code retry-after-ms},
 * {@code x-ms-retry-after-ms} and {@code grpc-retry-pushback-ms}, and as a veto {@code x-should-retry: false},
 * {@code Stripe-Should-Retry: false}, {@code Idempotent-Replayed: true} and a pushback that isn't a whole number.
 * Of several times the longest counts, so that nobody comes earlier than asked. What can't be read asks for nothing.
 *
 * @param delayNanos the least delay from the receipt of the response, in nanoseconds: zero for a time that has passed,
 *     {@link Long#MAX_VALUE} for one beyond counting, {@link Verdict#NO_HINT} if it asks for none
 * @param vetoed whether it asks not to be sent the request again at all
 */
public record RetryAdvice(long delayNanos, boolean vetoed) {

    private static final RetryAdvice NONE = new RetryAdvice(Verdict.NO_HINT, false);

    /** More digits than any time needs; leading zeros aren't counted. */
    private static final int MOST_DIGITS = 30;

    private static final Pattern NUMBER = Pattern.compile("[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+");
    private static final BigDecimal LONGEST = BigDecimal.valueOf(Long.MAX_VALUE);
    private static final BigDecimal NANOS_PER_SECOND = BigDecimal.valueOf(1_000_000_000);
    private static final BigDecimal NANOS_PER_MILLI = BigDecimal.valueOf(1_000_000);

    /** It asks for nothing. */
    public static RetryAdvice none() {
        return NONE;
    }

    /**
     * Reads the headers of a response. Never throws.
     *
     * @param received when the response came, by this machine's wall clock: it counts only where the response has no
     *     readable {@code Date}, by which a date is corrected for clocks that differ
     */
    public static RetryAdvice read(HeaderLines headers, Instant received) {
        long delay = Verdict.NO_HINT;
        delay = longest(delay, headers.of("retry-after-ms"), NANOS_PER_MILLI);
        delay = longest(delay, headers.of("x-ms-retry-after-ms"), NANOS_PER_MILLI);
        List<String> pushback = headers.of("grpc-retry-pushback-ms");
        delay = longest(delay, pushback, NANOS_PER_MILLI);
        delay = Math.max(delay, retryAfter(headers, received));
        boolean vetoed = says(headers.of("x-should-retry"), "false")
                || says(headers.of("stripe-should-retry"), "false")
                || says(headers.of("idempotent-replayed"), "true")
                || isVeto(pushback);
        return delay == Verdict.NO_HINT && !vetoed ? NONE : new RetryAdvice(delay, vetoed);
    }

    private static long retryAfter(HeaderLines headers, Instant received) {
        long delay = Verdict.NO_HINT;
        for (String line : headers.of("retry-after")) {
            long seconds = number(line, NANOS_PER_SECOND);
            delay = Math.max(delay, seconds == Verdict.NO_HINT ? untilDate(line, headers, received) : seconds);
        }
        return delay;
    }

    private static long untilDate(String line, HeaderLines headers, Instant received) {
        OptionalLong until = HttpDates.epochSecond(trimmed(line), received);
        if (until.isEmpty()) {
            return Verdict.NO_HINT;
        }
        for (String date : headers.of("date")) {
            OptionalLong sent = HttpDates.epochSecond(trimmed(date), received);
            if (sent.isPresent()) {
                return nanos(BigDecimal.valueOf(until.getAsLong() - sent.getAsLong()), NANOS_PER_SECOND);
            }
        }
        Duration left = Duration.between(received, Instant.ofEpochSecond(until.getAsLong()));
        return nanos(
                BigDecimal.valueOf(left.getSeconds()).add(BigDecimal.valueOf(left.getNano(), 9)), NANOS_PER_SECOND);
    }

    private static long longest(long delay, List<String> lines, BigDecimal unit) {
        long longest = delay;
        for (String line : lines) {
            longest = Math.max(longest, number(line, unit));
        }
        return longest;
    }

    /** A pushback is a whole number, and whatever else it is says no. */
    private static boolean isVeto(List<String> pushback) {
        for (String line : pushback) {
            String text = trimmed(line);
            if (text.isEmpty() || !text.chars().allMatch(character -> isDigit((char) character))) {
                return true;
            }
        }
        return false;
    }

    private static boolean says(List<String> lines, String word) {
        for (String line : lines) {
            if (trimmed(line).equalsIgnoreCase(word)) {
                return true;
            }
        }
        return false;
    }

    /** A number of units, or several with commas between, which is what some make of several lines. */
    private static long number(String line, BigDecimal unit) {
        long longest = Verdict.NO_HINT;
        int from = 0;
        while (from <= line.length()) {
            int comma = line.indexOf(',', from);
            int to = comma < 0 ? line.length() : comma;
            long one = single(trimmed(line.substring(from, to)), unit);
            if (one == Verdict.NO_HINT) {
                return Verdict.NO_HINT;
            }
            longest = Math.max(longest, one);
            from = to + 1;
        }
        return longest;
    }

    private static long single(String text, BigDecimal unit) {
        int first = 0;
        while (first < text.length() - 1 && text.charAt(first) == '0' && isDigit(text.charAt(first + 1))) {
            first++;
        }
        int point = text.indexOf('.');
        int whole = (point < 0 ? text.length() : point) - first;
        if (!isNumber(text)) {
            return Verdict.NO_HINT;
        }
        if (whole > MOST_DIGITS) {
            return Long.MAX_VALUE;
        }
        int end = point < 0 ? text.length() : Math.min(text.length(), point + 1 + MOST_DIGITS);
        boolean more = end < text.length() && hasMore(text, end);
        String kept = text.substring(first, end);
        BigDecimal number = new BigDecimal(kept.endsWith(".") ? kept + "0" : kept);
        long nanos = nanos(number, unit);
        return more && nanos < Long.MAX_VALUE ? nanos + 1 : nanos;
    }

    /** Without a pattern for what is long: it would take a stack frame for each character. */
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

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }

    private static long nanos(BigDecimal number, BigDecimal unit) {
        if (number.signum() <= 0) {
            return 0;
        }
        BigInteger nanos = number.multiply(unit)
                .min(LONGEST)
                .setScale(0, RoundingMode.CEILING)
                .toBigInteger();
        return nanos.longValueExact();
    }

    /** Without the optional white space of a header's value: blanks and tabs, and nothing else. */
    private static String trimmed(String line) {
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
