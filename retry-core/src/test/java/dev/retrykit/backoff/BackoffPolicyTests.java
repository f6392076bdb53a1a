package dev.retrykit.backoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.retrykit.time.Nanos;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackoffPolicyTests {

    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
    private static final int[] RETRIES = {1, 2, 3, 10, 1_000, Integer.MAX_VALUE};

    private final RandomGenerator random = new Random(42);

    @ParameterizedTest(name = "{0}, retry {1}: {2} ms")
    @CsvSource({
        "FIXED,       1,           100",
        "FIXED,       2,           100",
        "FIXED,       3,           100",
        "FIXED,       10,          100",
        "FIXED,       1000,        100",
        "FIXED,       2147483647,  100",
        "LINEAR,      1,           100",
        "LINEAR,      2,           200",
        "LINEAR,      3,           300",
        "LINEAR,      10,          1000",
        "LINEAR,      1000,        60000",
        "LINEAR,      2147483647,  60000",
        "EXPONENTIAL, 1,           100",
        "EXPONENTIAL, 2,           200",
        "EXPONENTIAL, 3,           400",
        "EXPONENTIAL, 10,          51200",
        "EXPONENTIAL, 11,          60000",
        "EXPONENTIAL, 1000,        60000",
        "EXPONENTIAL, 2147483647,  60000",
        "FIBONACCI,   1,           100",
        "FIBONACCI,   2,           100",
        "FIBONACCI,   3,           200",
        "FIBONACCI,   4,           300",
        "FIBONACCI,   5,           500",
        "FIBONACCI,   10,          5500",
        "FIBONACCI,   15,          60000",
        "FIBONACCI,   1000,        60000",
        "FIBONACCI,   2147483647,  60000",
    })
    void growsAsItsStrategySays(Strategy strategy, int retry, long millis) {
        BackoffPolicy backoff = BackoffPolicy.of(strategy, Duration.ofMillis(100), 2, Duration.ofMinutes(1));
        assertThat(delay(backoff, retry)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({"1, 100", "2, 150", "3, 225", "4, 337.5", "1000, 10000"})
    void multipliersNeedNotBeWhole(int retry, double millis) {
        BackoffPolicy backoff = BackoffPolicy.exponential(Duration.ofMillis(100), 1.5, Duration.ofSeconds(10));
        assertThat(delay(backoff, retry)).isEqualTo(Duration.ofNanos((long) (millis * 1_000_000)));
    }

    @Test
    void aMultiplierOfOneStaysWhereItIs() {
        BackoffPolicy backoff = BackoffPolicy.exponential(Duration.ofMillis(100), 1, Duration.ofSeconds(10));
        for (int retry : RETRIES) {
            assertThat(delay(backoff, retry)).isEqualTo(Duration.ofMillis(100));
        }
    }

    @ParameterizedTest
    @EnumSource(Strategy.class)
    void isNeverAboveTheCapNorBelowZero(Strategy strategy) {
        Duration[][] bounds = {
            {Duration.ofNanos(1), Duration.ofNanos(1)},
            {Duration.ofNanos(1), FOREVER},
            {Duration.ofMillis(3), Duration.ofMillis(10)},
            {Duration.ofDays(40_000), FOREVER},
            {FOREVER, FOREVER},
        };
        for (Duration[] bound : bounds) {
            for (double multiplier : new double[] {1, 1.0000001, 2, 1e9, Double.MAX_VALUE}) {
                BackoffPolicy backoff = BackoffPolicy.of(strategy, bound[0], multiplier, bound[1]);
                for (Jitter jitter : Jitter.values()) {
                    for (int retry : RETRIES) {
                        long nanos = backoff.delayNanos(retry, jitter, Long.MAX_VALUE / 2, random);
                        assertThat(nanos).isBetween(0L, Nanos.of(bound[1]));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Strategy.class)
    void neverShrinksFromRetryToRetry(Strategy strategy) {
        BackoffPolicy backoff = BackoffPolicy.of(strategy, Duration.ofNanos(7), 1.3, FOREVER);
        Duration before = Duration.ZERO;
        for (int retry = 1; retry < 500; retry++) {
            Duration delay = delay(backoff, retry);
            assertThat(delay).isGreaterThanOrEqualTo(before);
            before = delay;
        }
    }

    @ParameterizedTest
    @EnumSource(Strategy.class)
    void aDelayOfZeroStaysZero(Strategy strategy) {
        BackoffPolicy backoff = BackoffPolicy.of(strategy, Duration.ZERO, 2, Duration.ofSeconds(10));
        for (Jitter jitter : Jitter.values()) {
            for (int retry : RETRIES) {
                assertThat(backoff.delayNanos(retry, jitter, 0, random)).isZero();
            }
        }
    }

    @Test
    void aCapEqualToTheDelayIsKept() {
        BackoffPolicy backoff = BackoffPolicy.linear(Duration.ofMillis(5), Duration.ofMillis(5));
        assertThat(delay(backoff, 1)).isEqualTo(Duration.ofMillis(5));
        assertThat(delay(backoff, 9)).isEqualTo(Duration.ofMillis(5));
    }

    @Test
    void theDefaultsDoubleFrom200MillisecondsUpTo10Seconds() {
        BackoffPolicy backoff = BackoffPolicy.defaults();
        assertThat(backoff.strategy()).isEqualTo(Strategy.EXPONENTIAL);
        assertThat(backoff.delay()).isEqualTo(Duration.ofMillis(200));
        assertThat(backoff.multiplier()).isEqualTo(2);
        assertThat(backoff.maxDelay()).isEqualTo(Duration.ofSeconds(10));
        assertThat(backoff).hasToString("EXPONENTIAL from PT0.2S up to PT10S");
    }

    @Test
    void theShortFormsNameTheirStrategy() {
        Duration delay = Duration.ofMillis(10);
        Duration max = Duration.ofMillis(50);
        assertThat(BackoffPolicy.fixed(delay)).hasToString("FIXED from PT0.01S up to PT0.01S");
        assertThat(BackoffPolicy.linear(delay, max)).hasToString("LINEAR from PT0.01S up to PT0.05S");
        assertThat(BackoffPolicy.exponential(delay, 3, max)).hasToString("EXPONENTIAL from PT0.01S up to PT0.05S");
        assertThat(BackoffPolicy.fibonacci(delay, max)).hasToString("FIBONACCI from PT0.01S up to PT0.05S");
    }

    @Test
    void rejectsANegativeDelay() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BackoffPolicy.fixed(Duration.ofMillis(-1)))
                .withMessage("delay must be zero or more, but was PT-0.001S");
    }

    @Test
    void rejectsACapBelowTheDelay() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BackoffPolicy.linear(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .withMessage("maxDelay must not be below delay, PT2S, but was PT1S");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.999, 0, -1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void rejectsAMultiplierThatShrinksOrIsNoNumber(double multiplier) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BackoffPolicy.exponential(Duration.ofMillis(1), multiplier, Duration.ofSeconds(1)))
                .withMessage("multiplier must be 1 or more and finite, but was " + multiplier);
    }

    @Test
    void aDelayFunctionReplacesTheStrategyAndSeesTheDelayBefore() {
        List<String> asked = new ArrayList<>();
        BackoffPolicy backoff = BackoffPolicy.defaults().with((retry, previous) -> {
            asked.add(retry + " after " + previous);
            return Duration.ofMillis(retry * 7L);
        });
        assertThat(backoff.delayNanos(1, Jitter.NONE, 0, random)).isEqualTo(7_000_000);
        assertThat(backoff.delayNanos(2, Jitter.NONE, 7_000_000, random)).isEqualTo(14_000_000);
        assertThat(asked).containsExactly("1 after PT0S", "2 after PT0.007S");
        assertThat(backoff).hasToString("delay function up to PT10S");
    }

    @Test
    void whatADelayFunctionSaysIsKeptBetweenZeroAndTheCap() {
        assertThat(delay(own(Duration.ofSeconds(-5)), 1)).isZero();
        assertThat(delay(own(Duration.ofSeconds(Long.MIN_VALUE)), 1)).isZero();
        assertThat(delay(own(FOREVER), 1)).isEqualTo(Duration.ofSeconds(10));
        assertThat(delay(own(Duration.ofSeconds(9)), 1)).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void whatADelayFunctionSaysIsJittered() {
        BackoffPolicy backoff = own(Duration.ofSeconds(4));
        for (int i = 0; i < 1_000; i++) {
            assertThat(backoff.delayNanos(1, Jitter.EQUAL, 0, random)).isBetween(2_000_000_000L, 4_000_000_000L);
        }
    }

    @Test
    void aDelayFunctionWorksWhereTheDelayIsZero() {
        BackoffPolicy backoff = BackoffPolicy.of(Strategy.FIXED, Duration.ZERO, 1, Duration.ofSeconds(1))
                .with((retry, previous) -> Duration.ofMillis(retry));
        assertThat(delay(backoff, 3)).isEqualTo(Duration.ofMillis(3));
    }

    @Test
    void whatADelayFunctionThrowsIsPassedOn() {
        BackoffPolicy backoff = BackoffPolicy.defaults().with((retry, previous) -> {
            throw new IllegalStateException("no idea");
        });
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> backoff.delayNanos(1, Jitter.FULL, 0, random))
                .withMessage("no idea");
    }

    private static BackoffPolicy own(Duration delay) {
        return BackoffPolicy.defaults().with((retry, previous) -> delay);
    }

    private Duration delay(BackoffPolicy backoff, int retry) {
        return Duration.ofNanos(backoff.delayNanos(retry, Jitter.NONE, 0, random));
    }
}
