package dev.retrykit.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retrykit.simulation.Contention.Waiting;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the library promises to do for a fleet, with coarse bounds: a change that breaks a promise fails here. */
class SimulationTests {

    @Nested
    class ClientsThatContend {

        private static final int TRIALS = 8;

        @Test
        void jitterHalvesTheWritesAndFullJitterIsDoneFirst() {
            Contention.Result none = Contention.run(Waiting.NONE, 100, TRIALS);
            Contention.Result exponential = Contention.run(Waiting.EXPONENTIAL, 100, TRIALS);
            Contention.Result equal = Contention.run(Waiting.EQUAL, 100, TRIALS);
            Contention.Result full = Contention.run(Waiting.FULL, 100, TRIALS);
            assertThat(full.writes()).isLessThan(none.writes() / 2).isLessThan(exponential.writes() / 2);
            assertThat(equal.writes()).isLessThan(none.writes() / 2).isLessThan(exponential.writes() / 2);
            assertThat(full.end()).isLessThan(equal.end());
        }

        @ParameterizedTest
        @EnumSource(Waiting.class)
        void itIsWhatTheAuthorsOfTheModelGot(Waiting waiting) {
            Contention.Result ours = Contention.run(waiting, 50, TRIALS);
            Contention.Result original = OriginalContention.run(waiting, 50, TRIALS);
            double tolerance = waiting == Waiting.DECORRELATED ? 0.35 : 0.15;
            assertThat(ours.writes()).isCloseTo(original.writes(), within(original.writes() * tolerance));
        }
    }

    @Nested
    class RandomlyFailingServers {

        @Test
        void aFewFailuresAreRetriedAwayAndADeadServerSeesNoLoadMore() {
            RandomFailures.Result few = RandomFailures.run(Style.DEFAULT, 50, 500, 0.1);
            assertThat(few.success()).isGreaterThan(0.99);
            assertThat(few.load()).isLessThan(1.15);
            RandomFailures.Result dead = RandomFailures.run(Style.DEFAULT, 50, 500, 1);
            assertThat(dead.load()).isLessThan(1.02);
        }

        @Test
        void plainRetriesTripleTheLoadOfADeadServer() {
            assertThat(RandomFailures.run(Style.PLAIN, 20, 200, 1).load()).isCloseTo(3, within(0.05));
        }

        @ParameterizedTest
        @ValueSource(ints = {10, 100, 1_000})
        void theAddedLoadIsBoundedHoweverManyClientsMakeIt(int clients) {
            for (int percent : new int[] {30, 100}) {
                assertThat(RandomFailures.run(Style.DEFAULT, clients, 1_000, percent / 100.0)
                                .load())
                        .as(percent + " % fail")
                        .isLessThan(1.5);
            }
        }
    }

    @Nested
    class ServersThatSlowDown {

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void threeTriesKeepItDownAndTheDefaultPolicyComesBack(boolean spike) {
            DoubleUnaryOperator rate = spike ? Collapse.spike(10) : Collapse.triangle();
            assertThat(Collapse.run(Style.PLAIN, 10, rate).recovered(Collapse.OVER, 0.95))
                    .isEqualTo(-1);
            assertThat(Collapse.run(Style.DEFAULT, 10, rate).recovered(Collapse.OVER, 0.95))
                    .isBetween(Collapse.OVER, Collapse.OVER + 30);
        }
    }

    @Nested
    class SpikesOfAllSizes {

        @ParameterizedTest
        @CsvSource({"30, 5, 5", "40, 2, 10", "40, 3, 5", "50, 2, 5"})
        void othersStayDownAndTheDefaultPolicyComesBack(int load, double size, int length) {
            assertThat(Triggers.run(Style.PLAIN, load, size, length).back()).isEqualTo(-1);
            assertThat(Triggers.run(Style.RESILIENCE4J, load, size, length).back())
                    .isEqualTo(-1);
            assertThat(Triggers.run(Style.DEFAULT, load, size, length).back()).isBetween(0, 40);
        }

        @ParameterizedTest
        @CsvSource({"20, 5, 20", "40, 5, 20", "60, 2, 20"})
        void aCircuitBesideItBringsItBackSooner(int load, double size, int length) {
            int without = Triggers.run(Style.NO_RETRY, load, size, length).back();
            assertThat(Triggers.run(Style.DEFAULT_WITH_CIRCUIT, load, size, length)
                            .back())
                    .isBetween(0, without + 5);
        }
    }

    @Nested
    class TheDefaults {

        @ParameterizedTest(name = "{0} of the requests fail: {1} of the calls succeed at a load up to {2}")
        @CsvSource({"0.05, 0.999, 1.06", "0.2, 0.98, 1.28", "0.8, 0.19, 1.02", "0.99, 0, 1.01"})
        void ofTheBudgetWinWhatCanBeWon(double failureRate, double success, double load) {
            RandomFailures.Result result = RandomFailures.run(Style.DEFAULT, 100, 500, failureRate);
            assertThat(result.success()).isGreaterThanOrEqualTo(success);
            assertThat(result.load()).isLessThan(load);
        }

        @Test
        void ofTheCircuitLeaveNoiseToTheBudget() {
            RandomFailures.Result few = RandomFailures.run(Style.DEFAULT_WITH_CIRCUIT, 100, 500, 0.2);
            assertThat(few.success()).isGreaterThan(0.98);
            RandomFailures.Result most = RandomFailures.run(Style.DEFAULT_WITH_CIRCUIT, 100, 500, 0.9);
            assertThat(most.load()).isLessThan(0.2);
        }

        @Test
        void retryAwayABlipAndDoNotOpen() {
            Outage.Result blip = Outage.run(Style.DEFAULT_WITH_CIRCUIT, 50, 5, 0.1);
            assertThat(blip.success()).isGreaterThan(0.95);
            assertThat(blip.opened()).isZero();
            assertThat(Outage.run(Style.DEFAULT_WITH_CIRCUIT, 50, 5, 1).opened())
                    .isZero();
        }

        @Test
        void sendHardlyMoreToADeadServer() {
            assertThat(Outage.run(Style.DEFAULT, 50, 5, 60).load()).isLessThan(1.05);
        }

        @Test
        void openSpareTheDeadAndCloseSoon() {
            Outage.Result outage = Outage.run(Style.DEFAULT_WITH_CIRCUIT, 200, 5, 60);
            assertThat(outage.opened()).isEqualTo(200);
            assertThat(outage.load()).isLessThan(0.25);
            assertThat(outage.closed()).isBetween(5.0, 25.0);
            assertThat(outage.lastClosed()).isLessThan(60);
            assertThat(outage.fleet().success(Outage.BEGIN + 60 + 60, Outage.BEGIN + 60 + Outage.AFTERWARDS))
                    .isEqualTo(1);
        }

        /** A thousand circuits whose three probes came in step would be three thousand requests at once. */
        @Test
        void doNotLetAThousandCircuitsProbeInStep() {
            Outage.Result outage = Outage.run(Style.DEFAULT_WITH_CIRCUIT, 1_000, 3, 40);
            assertThat(outage.opened()).isEqualTo(1_000);
            assertThat(outage.mostProbes()).isLessThan(150);
            assertThat(outage.probes()).isLessThan(15);
        }
    }
}
