package dev.retrykit.http;

import static dev.retrykit.http.HeaderValues.NANOS_PER_SECOND;

import dev.retrykit.failure.Verdict;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/**
 * Finds when the quota of a rate limit is renewed: {@code RateLimit} and {@code RateLimit-Reset} of the IETF drafts,
 * and vendor-specific headers. A quota with a remainder asks for no delay. A 403, which usually is not a rate limit,
 * must state that no quota remains.
 */
final class RateLimits {

    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;

    /** Numbers below this are seconds from now (about three years); numbers from here on are seconds since 1970. */
    private static final BigDecimal EPOCH_SECONDS = BigDecimal.valueOf(100_000_000);

    /** Numbers from here on are milliseconds since 1970; as seconds this would be the year 5138. */
    private static final BigDecimal EPOCH_MILLIS = BigDecimal.valueOf(100_000_000_000L);

    /** Numbers from here on are not a meaningful time. */
    private static final BigDecimal BEYOND = BigDecimal.valueOf(100_000_000_000_000L);

    /** The headers of the IETF draft, GitHub, Okta and Twitter, Discord, OpenAI, RapidAPI, and Anthropic. */
    private static final List<Quota> QUOTAS = List.of(
            new Quota("ratelimit-reset", "ratelimit-remaining", false),
            new Quota("x-ratelimit-reset", "x-ratelimit-remaining", false),
            new Quota("x-rate-limit-reset", "x-rate-limit-remaining", false),
            new Quota("x-ratelimit-reset-after", "x-ratelimit-remaining", false),
            new Quota("x-rate-limit-reset-after", "x-rate-limit-remaining", false),
            new Quota("x-ratelimit-reset-requests", "x-ratelimit-remaining-requests", false),
            new Quota("x-ratelimit-reset-tokens", "x-ratelimit-remaining-tokens", false),
            new Quota("x-ratelimit-requests-reset", "x-ratelimit-requests-remaining", false),
            Quota.of("anthropic-ratelimit-requests"),
            Quota.of("anthropic-ratelimit-tokens"),
            Quota.of("anthropic-ratelimit-input-tokens"),
            Quota.of("anthropic-ratelimit-output-tokens"),
            Quota.of("anthropic-priority-input-tokens"),
            Quota.of("anthropic-priority-output-tokens"));

    private RateLimits() {}

    /** One quota: when it is renewed, how much remains, and whether it counts only if nothing remains for certain. */
    private record Quota(String reset, String remaining, boolean sentAlways) {

        /** A quota that is sent with each response. */
        static Quota of(String prefix) {
            return new Quota(prefix + "-reset", prefix + "-remaining", true);
        }
    }

    /** The longest time that the response asks for, in nanoseconds; {@link Verdict#NO_HINT} if it asks for none. */
    static long delayNanos(int status, HeaderLines headers, Instant received) {
        if (status != FORBIDDEN && status != TOO_MANY_REQUESTS && status != UNAVAILABLE) {
            return Verdict.NO_HINT;
        }
        boolean certain = status == FORBIDDEN;
        PeerClock clock = new PeerClock(headers, received);
        long delay = Verdict.NO_HINT;
        for (String line : headers.of("ratelimit")) {
            delay = Math.max(delay, new RateLimitField(line, clock).delayNanos(certain));
        }
        for (Quota quota : QUOTAS) {
            List<String> lines = headers.of(quota.reset());
            if (!lines.isEmpty() && isSpent(headers.of(quota.remaining()), certain || quota.sentAlways())) {
                delay = Math.max(delay, longest(lines, clock));
            }
        }
        return delay;
    }

    /** If several quotas share a name, one spent quota is enough. */
    private static boolean isSpent(List<String> remaining, boolean certain) {
        boolean known = false;
        for (String line : remaining) {
            for (int from = 0; from <= line.length(); from = HeaderValues.endOfMember(line, from) + 1) {
                BigDecimal left = HeaderValues.exact(withoutParameters(HeaderValues.member(line, from)));
                if (left != null && left.signum() == 0) {
                    return true;
                }
                known |= left != null;
            }
        }
        return !known && !certain;
    }

    private static String withoutParameters(String member) {
        int semicolon = member.indexOf(';');
        return semicolon < 0 ? member : HeaderValues.trimmed(member.substring(0, semicolon));
    }

    private static long longest(List<String> lines, PeerClock clock) {
        long longest = Verdict.NO_HINT;
        for (String line : lines) {
            longest = Math.max(
                    longest, clock.untilHttpDate(HeaderValues.trimmed(line)).orElse(Verdict.NO_HINT));
            for (int from = 0; from <= line.length(); from = HeaderValues.endOfMember(line, from) + 1) {
                longest = Math.max(longest, resetNanos(withoutParameters(HeaderValues.member(line, from)), clock));
            }
        }
        return longest;
    }

    /** Parses a number, whose meaning depends on its size, a duration with units, or a date. */
    static long resetNanos(String text, PeerClock clock) {
        BigDecimal number = HeaderValues.exact(text);
        if (number == null) {
            long duration = UnitDurations.nanos(text);
            OptionalLong date = duration == Verdict.NO_HINT ? clock.untilTimestamp(text) : OptionalLong.of(duration);
            return date.orElse(Verdict.NO_HINT);
        }
        if (number.compareTo(EPOCH_SECONDS) < 0) {
            return HeaderValues.number(text, NANOS_PER_SECOND);
        }
        if (number.compareTo(BEYOND) >= 0) {
            return Long.MAX_VALUE;
        }
        return clock.untilNanos(number.compareTo(EPOCH_MILLIS) < 0 ? number : number.movePointLeft(3));
    }
}
