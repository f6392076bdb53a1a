package dev.retrykit.http;

import static dev.retrykit.http.HeaderValues.NANOS_PER_MILLI;
import static dev.retrykit.http.HeaderValues.NANOS_PER_SECOND;

import dev.retrykit.failure.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/**
 * The information in a response about sending its request again.
 *
 * <p>A delay is read from {@code Retry-After} (RFC 9110, 10.2.3: seconds or a date), {@code retry-after-ms}, {@code
 * x-ms-retry-after-ms}, {@code x-amz-retry-after} and {@code grpc-retry-pushback-ms}. If none of these is present and
 * the status is 403, 429 or 503, it is read from {@code RateLimit}, {@code X-RateLimit-Reset} and similar headers. Of
 * several delays the longest counts, so that no retry comes earlier than asked. Values that cannot be parsed are
 * ignored.
 *
 * <p>A veto is {@code x-should-retry: false}, {@code Stripe-Should-Retry: false}, {@code Idempotent-Replayed: true}, or
 * a pushback that is not a whole number. An invitation is {@code x-should-retry: true} or {@code Stripe-Should-Retry:
 * true}.
 *
 * @param delayNanos the minimum delay from the receipt of the response, in nanoseconds: zero for a time in the past,
 *     {@link Long#MAX_VALUE} for one that is out of range, {@link Verdict#NO_HINT} if the response asks for none
 * @param vetoed whether the response asks not to receive the request again
 * @param invited whether the response asks to receive the request again, whatever its status means by itself
 */
public record RetryAfter(long delayNanos, boolean vetoed, boolean invited) {

    private static final RetryAfter NONE = new RetryAfter(Verdict.NO_HINT, false, false);

    /** Creates one without an invitation. */
    public RetryAfter(long delayNanos, boolean vetoed) {
        this(delayNanos, vetoed, false);
    }

    /** Returns one that asks for nothing. */
    public static RetryAfter none() {
        return NONE;
    }

    /**
     * Reads the headers of a response whose status is unknown or does not matter. Never throws.
     *
     * @param received when the response was received, by the local wall clock. It is used only if the response has no
     *     valid {@code Date}, by which dates are corrected for clock differences
     */
    public static RetryAfter read(HeaderLines headers, Instant received) {
        return of(explicitNanos(headers, received), headers);
    }

    /**
     * Reads the headers of a response, including those of rate limits. Never throws.
     *
     * @param status the response's status
     * @param received when the response was received, as in {@link #read(HeaderLines, Instant)}
     */
    public static RetryAfter read(int status, HeaderLines headers, Instant received) {
        long delay = explicitNanos(headers, received);
        return of(delay == Verdict.NO_HINT ? RateLimits.delayNanos(status, headers, received) : delay, headers);
    }

    private static RetryAfter of(long delay, HeaderLines headers) {
        List<String> shouldRetry = headers.of("x-should-retry");
        List<String> stripe = headers.of("stripe-should-retry");
        boolean vetoed = HeaderValues.says(shouldRetry, "false")
                || HeaderValues.says(stripe, "false")
                || HeaderValues.says(headers.of("idempotent-replayed"), "true")
                || isVeto(headers.of("grpc-retry-pushback-ms"));
        boolean invited = !vetoed && (HeaderValues.says(shouldRetry, "true") || HeaderValues.says(stripe, "true"));
        return delay == Verdict.NO_HINT && !vetoed && !invited ? NONE : new RetryAfter(delay, vetoed, invited);
    }

    private static long explicitNanos(HeaderLines headers, Instant received) {
        long delay = HeaderValues.longest(headers.of("retry-after-ms"), NANOS_PER_MILLI);
        delay = Math.max(delay, HeaderValues.longest(headers.of("x-ms-retry-after-ms"), NANOS_PER_MILLI));
        delay = Math.max(delay, HeaderValues.longest(headers.of("x-amz-retry-after"), NANOS_PER_MILLI));
        delay = Math.max(delay, HeaderValues.longest(headers.of("grpc-retry-pushback-ms"), NANOS_PER_MILLI));
        List<String> lines = headers.of("retry-after");
        return lines.isEmpty() ? delay : Math.max(delay, retryAfter(lines, headers, received));
    }

    /** Numbers and dates, also several separated by commas, because some libraries join several lines that way. */
    private static long retryAfter(List<String> lines, HeaderLines headers, Instant received) {
        long delay = Verdict.NO_HINT;
        PeerClock clock = new PeerClock(headers, received);
        for (String line : lines) {
            for (int from = 0; from <= line.length(); from = HeaderValues.endOfMember(line, from) + 1) {
                delay = Math.max(delay, oneAt(line, from, clock));
            }
        }
        return delay;
    }

    private static long oneAt(String line, int from, PeerClock clock) {
        String member = HeaderValues.member(line, from);
        long seconds = HeaderValues.number(member, NANOS_PER_SECOND);
        if (seconds != Verdict.NO_HINT) {
            return seconds;
        }
        OptionalLong date = clock.untilHttpDate(member);
        int comma = HeaderValues.endOfMember(line, from);
        if (date.isEmpty() && comma < line.length()) {
            int end = HeaderValues.endOfMember(line, comma + 1);
            date = clock.untilHttpDate(HeaderValues.trimmed(line.substring(from, end)));
        }
        return date.orElse(Verdict.NO_HINT);
    }

    /** A pushback that is not a whole number is a veto. */
    private static boolean isVeto(List<String> pushback) {
        for (String line : pushback) {
            String text = HeaderValues.trimmed(line);
            if (text.isEmpty() || !text.chars().allMatch(character -> HeaderValues.isDigit((char) character))) {
                return true;
            }
        }
        return false;
    }
}
