package dev.retrykit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the defaults promise to clients whose traffic isn't steady. */
class PatternTests {

    private static final String OURS = "DEFAULT(_WITH_CIRCUIT)?";

    @Nested
    class ACallInHalfAMinute {

        @ParameterizedTest
        @EnumSource(value = Style.class, mode = EnumSource.Mode.MATCH_ALL, names = OURS)
        void thatFailsOnceRecoversAlsoAfterAnOutage(Style style) {
            assertThat(Patterns.rare(style, 1, 0, true, 1)).isGreaterThanOrEqualTo(0.99);
        }

        @ParameterizedTest(name = "{0}, {1} of its retries fail, too")
        @CsvSource({
            "DEFAULT, 0.02, 0.95",
            "DEFAULT, 0.05, 0.92",
            "DEFAULT_WITH_CIRCUIT, 0.02, 0.95",
            "DEFAULT_WITH_CIRCUIT, 0.05, 0.92"
        })
        void recoversThoughSomeRetriesFail(Style style, double retriesFail, double bound) {
            for (long seed = 1; seed <= 5; seed++) {
                assertThat(Patterns.rare(style, 1, retriesFail, true, seed)).isGreaterThanOrEqualTo(bound);
            }
        }

        @ParameterizedTest
        @CsvSource({"DEFAULT, false", "DEFAULT, true", "DEFAULT_WITH_CIRCUIT, false", "DEFAULT_WITH_CIRCUIT, true"})
        void thatFailsTwiceRecovers(Style style, boolean outage) {
            assertThat(Patterns.rare(style, 2, 0, outage, 1)).isGreaterThanOrEqualTo(0.9);
        }

        @ParameterizedTest
        @CsvSource({
            "DEFAULT, 50, 0.97",
            "DEFAULT, 150, 0.85",
            "DEFAULT_WITH_CIRCUIT, 50, 0.97",
            "DEFAULT_WITH_CIRCUIT, 150, 0.85"
        })
        void wakesADependencyThatSleeps(Style style, double wakes, double bound) {
            assertThat(Patterns.scaledToZero(style, wakes, 1)).isGreaterThanOrEqualTo(bound);
        }
    }

    @Nested
    class Bursts {

        @ParameterizedTest
        @CsvSource({"DEFAULT, 20", "DEFAULT, 100", "DEFAULT_WITH_CIRCUIT, 20", "DEFAULT_WITH_CIRCUIT, 100"})
        void outliveABlip(Style style, int calls) {
            assertThat(Patterns.blipInBurst(style, calls)).isGreaterThanOrEqualTo(0.75);
        }

        @ParameterizedTest
        @CsvSource({
            "DEFAULT, 100, 1000, 300",
            "DEFAULT, 50, 100, 150",
            "DEFAULT_WITH_CIRCUIT, 100, 1000, 300",
            "DEFAULT_WITH_CIRCUIT, 50, 100, 150"
        })
        void outliveAStart(Style style, int calls, double within, double refused) {
            assertThat(Patterns.start(style, calls, within, refused)).isGreaterThanOrEqualTo(0.97);
        }

        @ParameterizedTest
        @CsvSource({
            "DEFAULT, 200, 20",
            "DEFAULT, 60, 60",
            "DEFAULT_WITH_CIRCUIT, 200, 20",
            "DEFAULT_WITH_CIRCUIT, 60, 60"
        })
        void outliveDeadConnections(Style style, int calls, int dead) {
            assertThat(Patterns.deadConnections(style, calls, dead)).isGreaterThanOrEqualTo(0.99);
        }

        @ParameterizedTest
        @EnumSource(value = Style.class, mode = EnumSource.Mode.MATCH_ALL, names = OURS)
        void beforeSteadyTrafficHoldNobodyUp(Style style) {
            assertThat(Patterns.morning(style)).isGreaterThanOrEqualTo(0.99);
        }
    }

    @Nested
    class Batches {

        @ParameterizedTest(name = "{0}, {1} workers, {2} s")
        @CsvSource({
            "BATCH, 1, 10",
            "BATCH, 1, 60",
            "BATCH, 8, 60",
            "BATCH_WITH_CIRCUIT, 1, 10",
            "BATCH_WITH_CIRCUIT, 1, 60",
            "BATCH_WITH_CIRCUIT, 8, 60"
        })
        void loseNothingWithTheSettingsForThem(Style style, int workers, double seconds) {
            assertThat(Patterns.batch(style, workers, seconds)).isLessThanOrEqualTo(5);
        }
    }

    @Nested
    class Circuits {

        @ParameterizedTest(name = "{0} threads, {1} ms")
        @CsvSource({"8, 10000", "4, 5000", "20, 30000"})
        void openWhereFewThreadsHang(int threads, double timeout) {
            assertThat(Patterns.hanging(Style.DEFAULT_WITH_CIRCUIT, threads, timeout))
                    .isGreaterThanOrEqualTo(0.95);
        }

        @ParameterizedTest(name = "{0} a minute")
        @CsvSource({"60, 0.85", "12, 0.6", "6, 0.45"})
        void openWhereFewCallsCome(double perMinute, double rejected) {
            assertThat(Patterns.dead(Style.DEFAULT_WITH_CIRCUIT, perMinute)).isGreaterThanOrEqualTo(rejected);
        }

        @ParameterizedTest(name = "{0} a second")
        @CsvSource({"10", "100", "1000"})
        void letThoseWhoWaitComeBackAsTheyCame(double perSecond) {
            Patterns.Peaks peaks = Patterns.waiting(Style.WAITING, perSecond);
            assertThat(peaks.after()).isLessThanOrEqualTo(2 * peaks.before());
        }
    }

    /** The price of one policy for all of a host's endpoints; docs/howto/budgets.md says what to do. */
    @Test
    void oneDeadEndpointOfTenCostsTheOthersLittle() {
        assertThat(Patterns.oneOfTen(Style.DEFAULT, 1)).isLessThan(0.01);
    }

    @Nested
    class DeadDependencies {

        @ParameterizedTest(name = "{0} clients, {1} calls a second each")
        @CsvSource({"1, 100, 1.05", "200, 5, 1.10", "1000, 1, 1.10"})
        void seeHardlyMoreLoad(int clients, double perSecond, double load) {
            assertThat(Outage.run(Style.DEFAULT, clients, perSecond, 60).load()).isLessThanOrEqualTo(load);
        }
    }
}
