package dev.retrykit.spring.settings;

import java.time.Duration;
import org.springframework.boot.convert.DurationStyle;

/** Parses and formats durations as users write them: {@code 200ms}, {@code 2s}, {@code PT2S}. */
public final class Durations {

    /** Describes a valid duration, for messages. */
    public static final String RULE = "a duration such as 100ms, 2s, 5m or PT2S";

    /** The longest duration whose nanoseconds fit into a {@code long}. */
    private static final Duration LONGEST_FINE = Duration.ofNanos(Long.MAX_VALUE);

    private Durations() {}

    /**
     * Parses a duration. A number without a unit is in milliseconds, as in Spring Boot.
     *
     * @throws IllegalArgumentException if the text is not a duration
     */
    public static Duration parse(String text) {
        return DurationStyle.detectAndParse(text.trim());
    }

    /** Returns the shortest text for a duration. */
    public static String text(Duration duration) {
        long nanos = duration.getNano();
        if (duration.isZero()) {
            return "0s";
        }
        if (nanos == 0) {
            long seconds = duration.getSeconds();
            return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
        }
        if (duration.compareTo(LONGEST_FINE) > 0) {
            return duration.toString();
        }
        return nanos % 1_000_000 == 0 ? duration.toMillis() + "ms" : duration.toNanos() + "ns";
    }
}
