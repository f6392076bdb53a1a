package dev.retrykit.http;

import static dev.retrykit.http.HeaderValues.NANOS_PER_MILLI;
import static dev.retrykit.http.HeaderValues.NANOS_PER_SECOND;

import dev.retrykit.failure.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a response asks of whoever might send its request again.
 *
 * <p>Read are {@code Retry-After} (RFC 9110, 10.2.3: seconds or a date), {@code retry-after-ms},
 * {@code x-ms-retry-after-ms} and {@code grpc-retry-pushback-ms}, as a veto {@code x-should-retry: false},
 * {@code Stripe-Should-Retry: false}, {@code Idempotent-Replayed: true} and a pushback that isn't a whole number, and as
 * the opposite {@code x-should-retry: true} and {@code Stripe-Should-Retry: true}. Where the status is 403, 429 or 503 and
 * none of these names a time, {@code RateLimit}, {@code X-RateLimit-Reset} and their relatives do.
 * Of several times the longest counts, so that nobody comes earlier than asked. What can't be read asks for nothing.
 *
 * @param delayNanos the least delay from the receipt of the response, in nanoseconds: zero for a time that has passed,
 *     {@link Long#MAX_VALUE} for one beyond counting, {@link Verdict#NO_HINT} if it asks for none
 * @param vetoed whether it asks not to be sent the request again at all
 * @param invited whether it asks to be sent the request again, whatever its status means by itself
 */
public record RetryAfter(long delayNanos, boolean vetoed, boolean invited) {

    private static final RetryAfter NONE = new RetryAfter(Verdict.NO_HINT, false, false);

    /** One that invites nobody. */
    public RetryAfter(long delayNanos, boolean vetoed) {
        this(delayNanos, vetoed, false);
    }

    /** It asks for nothing. */
    public static RetryAfter none() {
        return NONE;
    }

    /**
     * Reads the headers of a response whose status isn't known, or doesn't matter. Never throws.
     *
     * @param received when the response came, by this machine's wall clock: it counts only where the response has no
     *     readable {@code Date}, by which a date is corrected for clocks that differ
     */
    public static RetryAfter read(HeaderLines headers, Instant received) {
        return of(explicitNanos(headers, received), headers);
    }

    /**
     * Reads the headers of a response, those of rate limits too. Never throws.
     *
     * @param status the response's status
     * @param received when the response came, as above
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
        delay = Math.max(delay, HeaderValues.longest(headers.of("grpc-retry-pushback-ms"), NANOS_PER_MILLI));
        List<String> lines = headers.of("retry-after");
        return lines.isEmpty() ? delay : Math.max(delay, retryAfter(lines, headers, received));
    }

    /** Numbers and dates, several with commas between too, which is what some make of several lines. */
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

    /** A pushback is a whole number, and whatever else it is says no. */
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
