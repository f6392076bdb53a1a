package dev.retrykit.circuit;

import static dev.retrykit.circuit.CircuitRig.quick;
import static dev.retrykit.circuit.CircuitState.CLOSED;
import static dev.retrykit.circuit.CircuitState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.Signal;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClosedCircuitTests {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void isTheBeginning() {
        CircuitRig rig = new CircuitRig(quick());
        assertThat(rig.state()).isEqualTo(CLOSED);
        assertThat(rig.circuit.untilAdmittedNanos(rig.time.nanoTime())).isZero();
        CircuitSnapshot snapshot = rig.circuit.snapshot();
        assertThat(snapshot.calls()).isZero();
        assertThat(snapshot.failureRate()).isZero();
        assertThat(snapshot.slowCallRate()).isZero();
        assertThat(snapshot.untilProbe()).isEmpty();
    }

    @ParameterizedTest(name = "{0} successes, then {1} failures, at {2} %: {3}")
    @CsvSource({
        "0, 2, 50, CLOSED",
        "0, 3, 50, OPEN",
        "1, 1, 50, CLOSED",
        "1, 2, 50, OPEN",
        "2, 1, 50, CLOSED",
        "2, 2, 50, OPEN",
        "5, 4, 50, CLOSED",
        "5, 5, 50, OPEN",
        "2, 1, 33.3, OPEN",
        "2, 1, 33.4, CLOSED",
        "0, 3, 100, OPEN",
        "1, 9, 100, CLOSED",
    })
    void opensWhenTheRateIsReachedByTheMinimumOfCalls(int successes, int failures, double rate, CircuitState state) {
        CircuitRig rig = new CircuitRig(quick().failureRate(rate));
        rig.calls(Signal.SUCCESS, successes).calls(Signal.FAILURE, failures);
        assertThat(rig.state()).isEqualTo(state);
    }

    @Test
    void opensOnTheSuccessThatCompletesTheMinimum() {
        CircuitRig rig = new CircuitRig(CircuitPolicy.builder());
        rig.calls(Signal.FAILURE, 19).pass(SECOND);
        assertThat(rig.state()).isEqualTo(CLOSED);
        rig.calls(Signal.SUCCESS, 1);
        assertThat(rig.state()).isEqualTo(OPEN);
        assertThat(rig.circuit.snapshot().failureRate()).isEqualTo(95);
    }

    @Test
    void opensOnTheSuccessWithWhichGoodResultsLeaveTheWindow() {
        for (boolean watched : new boolean[] {false, true}) {
            CircuitRig rig = new CircuitRig(
                    quick().timeWindow(Duration.ofSeconds(10)).minimumCalls(3).failureRate(60));
            rig.calls(Signal.SUCCESS, 2).pass(SECOND.multipliedBy(5));
            rig.calls(Signal.SUCCESS, 1).calls(Signal.FAILURE, 3).pass(SECOND.multipliedBy(6));
            if (watched) {
                assertThat(rig.circuit.snapshot().failureRate()).isEqualTo(75);
            }
            assertThat(rig.state()).isEqualTo(CLOSED);
            rig.calls(Signal.SUCCESS, 1);
            assertThat(rig.state()).isEqualTo(OPEN);
        }
    }

    @Test
    void aCountWindowForgetsAllButTheLastCalls() {
        CircuitRig rig = new CircuitRig(quick().failureRate(90));
        rig.calls(Signal.SUCCESS, 50).calls(Signal.FAILURE, 8);
        CircuitSnapshot snapshot = rig.circuit.snapshot();
        assertThat(snapshot.calls()).isEqualTo(10);
        assertThat(snapshot.failures()).isEqualTo(8);
        rig.calls(Signal.FAILURE, 1);
        assertThat(rig.state()).isEqualTo(OPEN);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 100, 105, 997})
    void aCountWindowHoldsAtMostATenthMoreThanItsSize(int size) {
        CircuitRig rig = new CircuitRig(CircuitPolicy.builder().countWindow(size));
        for (int i = 1; i <= 3 * size; i++) {
            rig.calls(Signal.SUCCESS, 1);
            assertThat(rig.circuit.snapshot().calls()).isBetween((long) Math.min(i, size), size + size / 10L);
        }
    }

    @Test
    void aTimeWindowForgetsWhatIsOlder() {
        CircuitRig rig = new CircuitRig(quick().timeWindow(Duration.ofSeconds(10)));
        rig.calls(Signal.SUCCESS, 3).pass(Duration.ofSeconds(10));
        assertThat(rig.circuit.snapshot().calls()).isEqualTo(3);
        rig.pass(SECOND).calls(Signal.FAILURE, 3);
        assertThat(rig.circuit.snapshot().calls()).isEqualTo(3);
    }

    @Nested
    class AWindowOfTimeThatHoldsTooFew {

        private final CircuitRig rig = new CircuitRig(quick().timeWindow(Duration.ofSeconds(10)));

        @Test
        void reachesBack() {
            rig.calls(Signal.FAILURE, 1).pass(Duration.ofMinutes(1));
            rig.calls(Signal.FAILURE, 1).pass(Duration.ofMinutes(1));
            assertThat(rig.state()).isEqualTo(CLOSED);
            rig.calls(Signal.FAILURE, 1);
            assertThat(rig.state()).isEqualTo(OPEN);
            assertThat(rig.circuit.snapshot().calls()).isEqualTo(3);
        }

        @Test
        void reachesBackTenMinutesAtTheMost() {
            rig.calls(Signal.FAILURE, 2).pass(Duration.ofSeconds(611));
            rig.calls(Signal.FAILURE, 1);
            assertThat(rig.state()).isEqualTo(CLOSED);
            assertThat(rig.circuit.snapshot().calls()).isEqualTo(1);
        }

        @Test
        void asksForNinetyPercentThere() {
            rig.calls(Signal.SUCCESS, 1).pass(Duration.ofMinutes(1));
            rig.calls(Signal.FAILURE, 2).pass(Duration.ofMinutes(1));
            rig.calls(Signal.FAILURE, 1);
            assertThat(rig.state()).isEqualTo(OPEN);
            CircuitRig mixed = new CircuitRig(quick().minimumCalls(10).timeWindow(Duration.ofSeconds(10)));
            for (int call = 0; call < 60; call++) {
                mixed.calls(call % 5 == 0 ? Signal.SUCCESS : Signal.FAILURE, 1).pass(Duration.ofSeconds(30));
            }
            assertThat(mixed.state()).isEqualTo(CLOSED);
        }
    }

    @Nested
    class AWindowOfTimeConcludesNothing {

        private final CircuitRig rig = new CircuitRig(quick().timeWindow(Duration.ofSeconds(10)));

        @Test
        void fromLessThanASecond() {
            rig.calls(Signal.FAILURE, 100).pass(SECOND.minusNanos(1));
            rig.calls(Signal.FAILURE, 1);
            assertThat(rig.state()).isEqualTo(CLOSED);
            rig.pass(Duration.ofNanos(1)).calls(Signal.FAILURE, 1);
            assertThat(rig.state()).isEqualTo(OPEN);
        }

        @Test
        void fromABurstOfWhichNothingIsHeardAgain() {
            rig.calls(Signal.FAILURE, 20).pass(Duration.ofMillis(100));
            rig.calls(Signal.SUCCESS, 60).pass(Duration.ofSeconds(2));
            rig.calls(Signal.FAILURE, 20);
            assertThat(rig.state()).as("that is another trouble").isEqualTo(CLOSED);
        }

        @Test
        void butACallThatTookSoLongIsEvidenceByItself() {
            rig.slowCalls(Signal.FAILURE, Duration.ofSeconds(30), 3);
            assertThat(rig.state()).isEqualTo(OPEN);
        }
    }

    @Nested
    class CallsThatTakeTooLong {

        private final CircuitRig rig = new CircuitRig(
                quick().timeWindow(Duration.ofSeconds(10)).minimumCalls(10).slowCall(SECOND.multipliedBy(2), 50));

        @Test
        void areSlowAlthoughTheirCallersHaveGivenThemUp() {
            rig.slowCalls(Signal.NONE, SECOND, 20);
            assertThat(rig.circuit.snapshot().calls()).isZero();
            rig.slowCalls(Signal.NONE, SECOND.multipliedBy(2), 10);
            assertThat(rig.state()).isEqualTo(OPEN);
        }

        @Test
        void areSlowAlthoughTheyNeverEnd() {
            for (int call = 0; call < 10; call++) {
                rig.begin();
                rig.pass(Duration.ofMillis(200));
            }
            for (int call = 0; call < 20 && rig.state() == CLOSED; call++) {
                rig.begin();
                rig.pass(Duration.ofMillis(200));
            }
            assertThat(rig.state()).isEqualTo(OPEN);
        }

        @Test
        void areNotSlowWhileTheyMayEndInTime() {
            for (int call = 0; call < 200; call++) {
                Permit permit = rig.begin();
                long began = rig.time.nanoTime();
                rig.pass(Duration.ofMillis(1_900));
                rig.circuit.end(permit, Signal.SUCCESS, began, rig.time.nanoTime());
            }
            assertThat(rig.state()).isEqualTo(CLOSED);
            assertThat(rig.circuit.snapshot().slowCalls()).isZero();
        }
    }

    @Test
    void opensWhenTooManyCallsAreSlow() {
        CircuitRig rig = new CircuitRig(quick().slowCall(SECOND, 50));
        rig.slowCalls(Signal.SUCCESS, SECOND.minusNanos(1), 5);
        assertThat(rig.circuit.snapshot().slowCalls()).isZero();
        rig.slowCalls(Signal.SUCCESS, SECOND, 4);
        assertThat(rig.state()).isEqualTo(CLOSED);
        rig.slowCalls(Signal.SUCCESS, SECOND, 1);
        assertThat(rig.state()).isEqualTo(OPEN);
        assertThat(rig.circuit.snapshot().slowCallRate()).isEqualTo(50);
    }

    @Test
    void aSlowFailureIsBoth() {
        CircuitRig rig = new CircuitRig(quick().slowCall(SECOND, 100).failureRate(100));
        rig.calls(Signal.SUCCESS, 1).slowCalls(Signal.FAILURE, SECOND, 1);
        assertThat(rig.circuit.snapshot().failures()).isEqualTo(1);
        assertThat(rig.circuit.snapshot().slowCalls()).isEqualTo(1);
    }

    @Test
    void slownessMeansNothingUnlessItIsAskedFor() {
        CircuitRig rig = new CircuitRig(quick());
        rig.slowCalls(Signal.SUCCESS, Duration.ofDays(1), 10);
        assertThat(rig.circuit.snapshot().slowCalls()).isZero();
    }

    @Test
    void opensAfterSoManyFailuresInARowWhateverTheWindowHolds() {
        CircuitRig rig = new CircuitRig(quick().countWindow(1_000).consecutiveFailures(4));
        rig.calls(Signal.SUCCESS, 500).calls(Signal.FAILURE, 3).calls(Signal.SUCCESS, 1);
        rig.calls(Signal.FAILURE, 3);
        assertThat(rig.state()).isEqualTo(CLOSED);
        rig.calls(Signal.FAILURE, 1);
        assertThat(rig.state()).isEqualTo(OPEN);
    }

    @Test
    void throttlingCountsInTheRate() {
        CircuitRig rig = new CircuitRig(quick());
        rig.calls(Signal.THROTTLED, 3);
        assertThat(rig.state()).isEqualTo(OPEN);
    }

    @Test
    void throttlingNeitherLengthensNorBreaksAStreak() {
        CircuitRig rig =
                new CircuitRig(quick().countWindow(1_000).minimumCalls(1_000).consecutiveFailures(3));
        rig.calls(Signal.FAILURE, 2).calls(Signal.THROTTLED, 50);
        assertThat(rig.state()).isEqualTo(CLOSED);
        rig.calls(Signal.FAILURE, 1);
        assertThat(rig.state()).isEqualTo(OPEN);
    }

    @Test
    void whatIsIgnoredCountsAsASuccess() {
        CircuitRig rig = new CircuitRig(quick().consecutiveFailures(3));
        rig.calls(Signal.FAILURE, 1).calls(Signal.IGNORED, 3);
        assertThat(rig.circuit.snapshot().calls()).isEqualTo(4);
        assertThat(rig.circuit.snapshot().failures()).isEqualTo(1);
    }

    @Test
    void whatSaysNothingIsNotCounted() {
        CircuitRig rig = new CircuitRig(quick().consecutiveFailures(3));
        rig.calls(Signal.FAILURE, 2).calls(Signal.NONE, 100);
        assertThat(rig.state()).isEqualTo(CLOSED);
        assertThat(rig.circuit.snapshot().calls()).isEqualTo(2);
        rig.calls(Signal.FAILURE, 1);
        assertThat(rig.state()).isEqualTo(OPEN);
    }

    @Test
    void noiseDoesNotOpenTheDefaults() {
        Random random = new Random(1);
        CircuitRig rig = new CircuitRig(CircuitPolicy.builder());
        for (int i = 0; i < 100_000; i++) {
            rig.calls(random.nextInt(100) < 40 ? Signal.FAILURE : Signal.SUCCESS, 1);
            rig.pass(Duration.ofMillis(10));
        }
        assertThat(rig.transitions).isEmpty();
    }

    @Test
    void aBlipDoesNotOpenTheDefaultsButAnOutageDoesWithinEightSeconds() {
        CircuitRig rig = new CircuitRig(CircuitPolicy.builder());
        for (int millis = 0; millis < 20_000; millis++) {
            rig.calls(millis >= 10_000 && millis < 10_100 ? Signal.FAILURE : Signal.SUCCESS, 1);
            rig.pass(Duration.ofMillis(1));
        }
        assertThat(rig.transitions).isEmpty();
        for (int millis = 0; millis < 8_000 && rig.state() == CLOSED; millis++) {
            rig.calls(Signal.FAILURE, 1).pass(Duration.ofMillis(1));
        }
        assertThat(rig.state()).isEqualTo(OPEN);
    }
}
