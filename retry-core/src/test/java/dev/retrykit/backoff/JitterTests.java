package dev.retrykit.backoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Delays of 1 s up to a cap of 10 s, drawn with a fixed seed. */
class JitterTests {

    private static final int DRAWS = 100_000;
    private static final long SECOND = 1_000_000_000;
    private static final BackoffPolicy BACKOFF =
            BackoffPolicy.exponential(Duration.ofSeconds(1), 2, Duration.ofSeconds(10));
    private static final int LATE = 50;

    private final Random random = new Random(20_251);

    @Test
    void noneKeepsTheDelay() {
        assertThat(draws(Jitter.NONE, 1, 0)).containsOnly(SECOND);
        assertThat(draws(Jitter.NONE, LATE, 0)).containsOnly(10 * SECOND);
    }

    @ParameterizedTest(name = "{0} at retry {1} after {2} s: {3} s to {4} s")
    @CsvSource({
        "FULL,         1,  0,  0, 1",
        "FULL,         3,  0,  0, 4",
        "FULL,         50, 0,  0, 10",
        "EQUAL,        1,  0,  0.5, 1",
        "EQUAL,        3,  0,  2, 4",
        "EQUAL,        50, 0,  5, 10",
        "DECORRELATED, 1,  0,  1, 3",
        "DECORRELATED, 2,  1,  1, 3",
        "DECORRELATED, 3,  2,  1, 6",
        "DECORRELATED, 9,  4,  1, 10",
        "DECORRELATED, 50, 10, 1, 10",
    })
    void spreadsEvenlyOverItsWholeRange(Jitter jitter, int retry, long previousSeconds, double low, double high) {
        long[] draws = draws(jitter, retry, previousSeconds * SECOND);
        double range = (high - low) * SECOND;
        assertThat(Arrays.stream(draws)).allMatch(nanos -> nanos >= low * SECOND && nanos <= high * SECOND);
        assertThat(Arrays.stream(draws).average().orElseThrow())
                .isCloseTo((low + high) / 2 * SECOND, within(range * 0.01));
        assertThat(deviation(draws)).isCloseTo(range / Math.sqrt(12), within(range * 0.01));
        assertThat(Arrays.stream(draws).min().orElseThrow() - low * SECOND).isLessThan(range * 0.01);
        assertThat(high * SECOND - Arrays.stream(draws).max().orElseThrow()).isLessThan(range * 0.01);
    }

    @ParameterizedTest
    @EnumSource(value = Jitter.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void atTheCapAtLeastHalfOfTheRangeIsUsed(Jitter jitter) {
        long[] draws = chain(jitter, DRAWS);
        long spread = Arrays.stream(draws).max().orElseThrow()
                - Arrays.stream(draws).min().orElseThrow();
        assertThat(spread).isGreaterThan((long) (4.99 * SECOND));
        assertThat(deviation(draws)).isGreaterThan(5 * SECOND / Math.sqrt(12) * 0.99);
    }

    @ParameterizedTest
    @EnumSource(value = Jitter.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void noPileLiesOnTheCap(Jitter jitter) {
        assertThat(Arrays.stream(chain(jitter, DRAWS))
                        .filter(nanos -> nanos == 10 * SECOND)
                        .count())
                .isLessThan(3);
    }

    @Test
    void decorrelatedGrowsFromTheDelayBeforeAndNeverFallsBelowTheBase() {
        long previous = 0;
        for (int retry = 1; retry < 10_000; retry++) {
            long delay = BACKOFF.delayNanos(retry, Jitter.DECORRELATED, previous, random);
            assertThat(delay).isBetween(SECOND, Math.min(10 * SECOND, 3 * Math.max(SECOND, previous)));
            previous = delay;
        }
    }

    @Test
    void decorrelatedDoesNotAskForTheStrategy() {
        for (Strategy strategy : Strategy.values()) {
            BackoffPolicy backoff = BackoffPolicy.of(strategy, Duration.ofSeconds(1), 7, Duration.ofSeconds(10));
            long delay = backoff.delayNanos(20, Jitter.DECORRELATED, 2 * SECOND, new Random(7));
            assertThat(delay).isEqualTo(BACKOFF.delayNanos(20, Jitter.DECORRELATED, 2 * SECOND, new Random(7)));
        }
    }

    @Test
    void decorrelatedWithACapAtTheBaseIsTheBase() {
        BackoffPolicy fixed = BackoffPolicy.fixed(Duration.ofSeconds(1));
        assertThat(fixed.delayNanos(5, Jitter.DECORRELATED, SECOND, random)).isEqualTo(SECOND);
    }

    @ParameterizedTest(name = "{0} at retry {1} after {2} ns: {3} ns to {4} ns")
    @CsvSource({
        "FULL,         1, 0,  0, 1",
        "FULL,         3, 0,  0, 4",
        "FULL,         5, 0,  0, 10",
        "EQUAL,        1, 0,  0, 1",
        "EQUAL,        3, 0,  2, 4",
        "EQUAL,        5, 0,  5, 10",
        "DECORRELATED, 1, 0,  1, 3",
        "DECORRELATED, 2, 2,  1, 6",
        "DECORRELATED, 3, 3,  1, 9",
        "DECORRELATED, 4, 4,  1, 10",
        "DECORRELATED, 5, 10, 1, 10",
    })
    void drawsEachNanosecondOfItsRangeBothEndsIncluded(Jitter jitter, int retry, long previous, long low, long high) {
        BackoffPolicy tiny = BackoffPolicy.exponential(Duration.ofNanos(1), 2, Duration.ofNanos(10));
        assertThat(LongStream.range(0, 1_000).map(draw -> tiny.delayNanos(retry, jitter, previous, random)))
                .containsOnly(LongStream.rangeClosed(low, high).boxed().toArray(Long[]::new));
    }

    private long[] draws(Jitter jitter, int retry, long previousNanos) {
        long[] draws = new long[DRAWS];
        for (int i = 0; i < DRAWS; i++) {
            draws[i] = BACKOFF.delayNanos(retry, jitter, previousNanos, random);
        }
        return draws;
    }

    private long[] chain(Jitter jitter, int length) {
        long[] draws = new long[length];
        long previous = 0;
        for (int i = 0; i < length; i++) {
            previous = BACKOFF.delayNanos(LATE + i, jitter, previous, random);
            draws[i] = previous;
        }
        return draws;
    }

    private static double deviation(long[] draws) {
        double mean = Arrays.stream(draws).average().orElseThrow();
        return Math.sqrt(Arrays.stream(draws)
                .mapToDouble(nanos -> (nanos - mean) * (nanos - mean))
                .average()
                .orElseThrow());
    }
}
