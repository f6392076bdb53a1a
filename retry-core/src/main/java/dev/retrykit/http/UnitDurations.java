package dev.retrykit.http;

import dev.retrykit.failure.Verdict;
import java.math.BigDecimal;
import java.util.Map;

/** Parses durations in the format of Go, such as {@code 6m0s}, {@code 1m30.5s} and {@code 20ms}. */
final class UnitDurations {

    private static final Map<String, BigDecimal> UNITS = Map.of(
            "ns", BigDecimal.ONE,
            "us", BigDecimal.valueOf(1_000),
            "\u00b5s", BigDecimal.valueOf(1_000),
            "\u03bcs", BigDecimal.valueOf(1_000),
            "ms", BigDecimal.valueOf(1_000_000),
            "s", BigDecimal.valueOf(1_000_000_000),
            "m", BigDecimal.valueOf(60_000_000_000L),
            "h", BigDecimal.valueOf(3_600_000_000_000L),
            "d", BigDecimal.valueOf(86_400_000_000_000L));

    private static final int LONGEST_UNIT = 2;

    private UnitDurations() {}

    /**
     * The duration in nanoseconds, at most {@link Long#MAX_VALUE}; {@link Verdict#NO_HINT} if the text is not a
     * duration.
     */
    static long nanos(String text) {
        long sum = Verdict.NO_HINT;
        int at = 0;
        while (at < text.length()) {
            int unit = endOf(text, at, true);
            int next = endOf(text, unit, false);
            BigDecimal size = next - unit > LONGEST_UNIT ? null : UNITS.get(text.substring(unit, next));
            long part = size == null ? Verdict.NO_HINT : HeaderValues.number(text.substring(at, unit), size);
            if (part == Verdict.NO_HINT) {
                return Verdict.NO_HINT;
            }
            long before = Math.max(0, sum);
            sum = part > Long.MAX_VALUE - before ? Long.MAX_VALUE : before + part;
            at = next;
        }
        return sum;
    }

    private static int endOf(String text, int from, boolean number) {
        int end = from;
        while (end < text.length() && (HeaderValues.isDigit(text.charAt(end)) || text.charAt(end) == '.') == number) {
            end++;
        }
        return end;
    }
}
