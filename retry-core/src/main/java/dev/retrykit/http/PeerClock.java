package dev.retrykit.http;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.OptionalLong;

/**
 * The time by the clock of the server that sent a response: its {@code Date} or, if that is missing or invalid, the
 * time at which the response was received. Clocks differ, so a date from a server is compared with the server's own
 * time.
 */
final class PeerClock {

    /** No date in any form is longer or shorter. */
    private static final int LONGEST_DATE = 40;

    private static final int SHORTEST_DATE = 16;

    private final Instant received;
    private final BigDecimal now;

    PeerClock(HeaderLines headers, Instant received) {
        this.received = received;
        this.now = now(headers, received);
    }

    private static BigDecimal now(HeaderLines headers, Instant received) {
        for (String date : headers.of("date")) {
            OptionalLong sent = HttpDates.epochSecond(HeaderValues.trimmed(date), received);
            if (sent.isPresent()) {
                return BigDecimal.valueOf(sent.getAsLong());
            }
        }
        return seconds(Duration.between(Instant.EPOCH, received));
    }

    private static BigDecimal seconds(Duration duration) {
        return BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9));
    }

    /** Nanoseconds until a time in seconds since 1970; zero if it is past. */
    long untilNanos(BigDecimal epochSeconds) {
        return HeaderValues.nanos(epochSeconds.subtract(now), HeaderValues.NANOS_PER_SECOND);
    }

    /** Nanoseconds until a date of RFC 9110; empty if the text is not one. */
    OptionalLong untilHttpDate(String text) {
        if (text.length() < SHORTEST_DATE || text.length() > LONGEST_DATE) {
            return OptionalLong.empty();
        }
        OptionalLong until = HttpDates.epochSecond(text, received);
        return until.isPresent()
                ? OptionalLong.of(untilNanos(BigDecimal.valueOf(until.getAsLong())))
                : OptionalLong.empty();
    }

    /** Nanoseconds until a date of RFC 3339, whose seconds may be missing; empty if the text is not one. */
    OptionalLong untilTimestamp(String text) {
        if (text.length() < SHORTEST_DATE || text.length() > LONGEST_DATE) {
            return OptionalLong.empty();
        }
        try {
            Instant until = OffsetDateTime.parse(text).toInstant();
            return OptionalLong.of(untilNanos(seconds(Duration.between(Instant.EPOCH, until))));
        } catch (DateTimeException | ArithmeticException unreadable) {
            return OptionalLong.empty();
        }
    }
}
