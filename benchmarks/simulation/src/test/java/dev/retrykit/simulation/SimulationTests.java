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
            RandomFailures.Result few = RandomFailures.run(Style.DEFAULT, 100, 1_000, 0.1);
            assertThat(few.success()).isGreaterThan(0.99);
            assertThat(few.load()).isLessThan(1.15);
            RandomFailures.Result dead = RandomFailures.run(Style.DEFAULT, 100, 1_000, 1);
            assertThat(dead.load()).isLessThan(1.02);
        }

        @Test
        void plainRetriesTripleTheLoadOfADeadServer() {
            assertThat(RandomFailures.run(Style.PLAIN, 100, 1_000, 1).load()).isCloseTo(3, within(0.05));
        }

        @ParameterizedTest
        @ValueSource(ints = {10, 100, 1_000})
        void theAddedLoadIsBoundedHoweverManyClientsMakeIt(int clients) {
            for (int percent = 0; percent <= 100; percent += 25) {
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
    class DatabasesThatStayDown {

        private static final int OVER = Metastable.OUTAGE + Metastable.OUTAGE_SECONDS;

        @ParameterizedTest
        @CsvSource({"PLAIN,10", "REQUEST_BUDGET,10", "WITHOUT_MIN_SUCCESS,1", "WITHOUT_MIN_SUCCESS,10"})
        void otherRulesKeepItDown(Style style, int clients) {
            assertThat(Metastable.run(style, clients, Metastable.Measure.SECOND).recovered(OVER, 0.95))
                    .isEqualTo(-1);
        }

        @ParameterizedTest
        @CsvSource({
            "1,SECOND",
            "10,SECOND",
            "100,SECOND",
            "1000,SECOND",
            "10,QUARTER",
            "1000,QUARTER",
            "10,AVERAGE",
            "1000,AVERAGE"
        })
        void theDefaultBudgetLetsItComeBack(int clients, Metastable.Measure measure) {
            assertThat(Metastable.run(Style.DEFAULT, clients, measure).recovered(OVER, 0.95))
                    .isBetween(OVER, OVER + 20);
        }
    }
}
