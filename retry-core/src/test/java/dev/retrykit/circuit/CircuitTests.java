package dev.retrykit.circuit;

import static dev.retrykit.circuit.CircuitRig.quick;
import static dev.retrykit.circuit.CircuitState.CLOSED;
import static dev.retrykit.circuit.CircuitState.DISABLED;
import static dev.retrykit.circuit.CircuitState.FORCED_OPEN;
import static dev.retrykit.circuit.CircuitState.HALF_OPEN;
import static dev.retrykit.circuit.CircuitState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.circuit.CircuitCounters.Result;
import dev.retrykit.failure.Signal;
import dev.retrykit.time.ManualTime;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CircuitTests {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Nested
    class Closed {

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
        void opensWhenTheRateIsReachedByTheMinimumOfCalls(
                int successes, int failures, double rate, CircuitState state) {
            CircuitRig rig = new CircuitRig(quick().failureRate(rate));
            rig.calls(Signal.SUCCESS, successes).calls(Signal.FAILURE, failures);
            assertThat(rig.state()).isEqualTo(state);
        }

        @Test
        void opensOnTheSuccessThatCompletesTheMinimum() {
            CircuitRig rig = new CircuitRig(CircuitPolicy.builder());
            rig.calls(Signal.FAILURE, 19);
            assertThat(rig.state()).isEqualTo(CLOSED);
            rig.calls(Signal.SUCCESS, 1);
            assertThat(rig.state()).isEqualTo(OPEN);
            assertThat(rig.circuit.snapshot().failureRate()).isEqualTo(95);
        }

        @Test
        void opensOnTheSuccessWithWhichGoodResultsLeaveTheWindow() {
            for (boolean watched : new boolean[] {false, true}) {
                CircuitRig rig = new CircuitRig(quick().timeWindow(Duration.ofSeconds(10))
                        .minimumCalls(3)
                        .failureRate(60));
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
            rig.calls(Signal.FAILURE, 2).pass(Duration.ofSeconds(10));
            assertThat(rig.circuit.snapshot().calls()).isEqualTo(2);
            rig.pass(SECOND);
            assertThat(rig.circuit.snapshot().calls()).isZero();
            rig.calls(Signal.FAILURE, 2);
            assertThat(rig.state()).isEqualTo(CLOSED);
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
            CircuitRig rig = new CircuitRig(
                    quick().countWindow(1_000).minimumCalls(1_000).consecutiveFailures(3));
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

    @Nested
    class Open {

        @Test
        void rejectsAllCallsAndCountsThem() {
            CircuitRig rig = new CircuitRig(quick()).open();
            for (int i = 0; i < 7; i++) {
                assertThat(rig.isAdmitted()).isFalse();
            }
            assertThat(rig.circuit.snapshot().rejected()).isEqualTo(7);
        }

        @Test
        void showsWhatOpenedIt() {
            CircuitSnapshot snapshot = new CircuitRig(quick()).open().circuit.snapshot();
            assertThat(snapshot.name()).isEqualTo("inventory");
            assertThat(snapshot.state()).isEqualTo(OPEN);
            assertThat(snapshot.calls()).isEqualTo(3);
            assertThat(snapshot.failureRate()).isEqualTo(100);
            assertThat(snapshot.untilProbe()).hasValue(SECOND);
        }

        @Test
        void aRejectionTellsTheCircuitAndTheTimeUntilTheNextProbe() {
            CircuitRig rig = new CircuitRig(quick()).open().pass(Duration.ofMillis(400));
            CircuitOpenException rejection = rig.circuit.rejection(rig.time.nanoTime());
            assertThat(rejection.circuit()).isEqualTo("inventory");
            assertThat(rejection.retryAfter()).hasValue(Duration.ofMillis(600));
            assertThat(rejection).hasMessage("circuit 'inventory' is open, next probe in 600 ms");
            assertThat(rejection.getStackTrace()).isEmpty();
        }

        @Test
        void probesOnceItsTimeIsOverWithOrWithoutTraffic() {
            CircuitRig rig = new CircuitRig(quick()).open().pass(SECOND.minusNanos(1));
            assertThat(rig.state()).isEqualTo(OPEN);
            assertThat(rig.circuit.untilAdmittedNanos(rig.time.nanoTime())).isEqualTo(1);
            rig.pass(Duration.ofNanos(1));
            assertThat(rig.state()).isEqualTo(HALF_OPEN);
            assertThat(rig.circuit.untilAdmittedNanos(rig.time.nanoTime())).isZero();
        }

        @Test
        void itsTimeGrowsWithEachFailedRoundUpToTheCap() {
            CircuitRig rig = new CircuitRig(quick()).open();
            for (int seconds : new int[] {1, 2, 4, 8, 8, 8}) {
                assertThat(rig.circuit.snapshot().untilProbe()).hasValue(Duration.ofSeconds(seconds));
                rig.pass(Duration.ofSeconds(seconds)).calls(Signal.FAILURE, 2);
                assertThat(rig.state()).isEqualTo(OPEN);
            }
        }

        @Test
        void itsTimeStartsSmallAgainAfterItWasClosed() {
            CircuitRig rig = new CircuitRig(quick()).halfOpen();
            rig.calls(Signal.FAILURE, 2).pass(Duration.ofSeconds(2)).calls(Signal.SUCCESS, 3);
            assertThat(rig.state()).isEqualTo(CLOSED);
            rig.open();
            assertThat(rig.circuit.snapshot().untilProbe()).hasValue(SECOND);
        }

        @Test
        void itsTimeIsSpreadSoThatAFleetDoesNotProbeInStep() {
            ManualTime time = new ManualTime();
            Random random = new Random(3);
            long least = Long.MAX_VALUE;
            long most = 0;
            double sum = 0;
            for (int i = 0; i < 10_000; i++) {
                Circuit circuit = Circuit.builder("one of many")
                        .policy(CircuitPolicy.builder().consecutiveFailures(1).build())
                        .timeSource(time)
                        .random(random)
                        .build();
                circuit.end(circuit.tryAcquire(0), Signal.FAILURE, 0, 0);
                long until = circuit.untilAdmittedNanos(0);
                least = Math.min(least, until);
                most = Math.max(most, until);
                sum += until;
            }
            assertThat(least).isBetween(2_500_000_000L, 2_510_000_000L);
            assertThat(most).isBetween(7_490_000_000L, 7_500_000_000L);
            assertThat(sum / 10_000).isBetween(4.95e9, 5.05e9);
        }

        @Test
        void anEndlessOpenTimeDoesNotOverflow() {
            Duration endless = Duration.ofSeconds(Long.MAX_VALUE);
            CircuitRig rig = new CircuitRig(quick().openDuration(endless).maxOpenDuration(endless)).open();
            rig.pass(Duration.ofDays(36_500));
            assertThat(rig.state()).isEqualTo(OPEN);
        }
    }

    @Nested
    class HalfOpen {

        @Test
        void letsOnlyTheProbesIn() {
            CircuitRig rig = new CircuitRig(quick()).halfOpen();
            for (int i = 0; i < 3; i++) {
                assertThat(rig.isAdmitted()).isTrue();
            }
            assertThat(rig.isAdmitted()).isFalse();
            assertThat(rig.circuit.snapshot().rejected()).isEqualTo(1);
        }

        @Test
        void closesWhenAllProbesHaveEndedBelowTheFailureRate() {
            CircuitRig rig = new CircuitRig(quick()).halfOpen();
            rig.calls(Signal.SUCCESS, 1).calls(Signal.FAILURE, 1);
            assertThat(rig.state()).isEqualTo(HALF_OPEN);
            rig.calls(Signal.SUCCESS, 1);
            assertThat(rig.state()).isEqualTo(CLOSED);
            assertThat(rig.circuit.snapshot().calls()).isZero();
        }

        @Test
        void opensAsSoonAsItCanNotCloseAnyMore() {
            CircuitRig rig = new CircuitRig(quick()).halfOpen();
            rig.calls(Signal.FAILURE, 1);
            assertThat(rig.state()).isEqualTo(HALF_OPEN);
            rig.calls(Signal.FAILURE, 1);
            assertThat(rig.state()).isEqualTo(OPEN);
            assertThat(rig.circuit.snapshot().calls()).isEqualTo(2);
        }

        @ParameterizedTest(name = "{0} % of {1} probes: {2} failures may pass")
        @CsvSource({"70, 5, 3", "100, 5, 4", "50, 4, 1", "1, 5, 0", "50, 1, 0", "33.4, 3, 1", "33.3, 3, 0"})
        void soManyFailuresAreStillBelowTheRate(double rate, int probes, int passing) {
            CircuitRig good =
                    new CircuitRig(quick().minimumCalls(5).failureRate(rate).probes(probes));
            good.circuit.halfOpen();
            good.calls(Signal.FAILURE, passing);
            assertThat(good.state()).isEqualTo(HALF_OPEN);
            good.calls(Signal.SUCCESS, probes - passing);
            assertThat(good.state()).isEqualTo(CLOSED);
            CircuitRig bad =
                    new CircuitRig(quick().minimumCalls(5).failureRate(rate).probes(probes));
            bad.circuit.halfOpen();
            bad.calls(Signal.FAILURE, passing + 1);
            assertThat(bad.state()).isEqualTo(OPEN);
        }

        @Test
        void slowProbesOpenItToo() {
            CircuitRig rig = new CircuitRig(quick().slowCall(SECOND, 60)).halfOpen();
            rig.slowCalls(Signal.SUCCESS, SECOND, 1);
            assertThat(rig.state()).isEqualTo(HALF_OPEN);
            rig.slowCalls(Signal.SUCCESS, SECOND, 1);
            assertThat(rig.state()).isEqualTo(OPEN);
        }

        @Test
        void aThrottledProbeHasFailed() {
            CircuitRig rig = new CircuitRig(quick()).halfOpen();
            rig.calls(Signal.THROTTLED, 2);
            assertThat(rig.state()).isEqualTo(OPEN);
        }

        @ParameterizedTest
        @ValueSource(strings = {"NONE", "IGNORED"})
        void aProbeThatSaysNothingGivesItsPlaceBack(Signal signal) {
            CircuitRig rig = new CircuitRig(quick()).halfOpen();
            rig.calls(signal, 100);
            assertThat(rig.state()).isEqualTo(HALF_OPEN);
            assertThat(rig.circuit.snapshot().calls()).isZero();
            rig.calls(Signal.SUCCESS, 3);
            assertThat(rig.state()).isEqualTo(CLOSED);
        }

        @Test
        void showsItsProbes() {
            CircuitRig rig = new CircuitRig(quick()).halfOpen();
            rig.calls(Signal.FAILURE, 1).calls(Signal.SUCCESS, 1);
            CircuitSnapshot snapshot = rig.circuit.snapshot();
            assertThat(snapshot.calls()).isEqualTo(2);
            assertThat(snapshot.failures()).isEqualTo(1);
            assertThat(snapshot.untilProbe()).hasValue(Duration.ZERO);
        }

        @Test
        void whileAllPlacesAreTakenWaitingCallsAskAgainSoon() {
            CircuitRig rig = new CircuitRig(quick()).halfOpen();
            rig.begin();
            rig.begin();
            rig.begin();
            assertThat(rig.circuit.untilAdmittedNanos(rig.time.nanoTime())).isEqualTo(100_000_000);
            rig.pass(Duration.ofMillis(9_960));
            assertThat(rig.circuit.untilAdmittedNanos(rig.time.nanoTime())).isEqualTo(40_000_000);
        }

        @Test
        void aLeaseThatIsOverAdmitsAllProbesAfresh() {
            CircuitRig rig = new CircuitRig(quick()).halfOpen();
            rig.calls(Signal.FAILURE, 1);
            Permit lost = rig.begin();
            rig.begin();
            rig.pass(Duration.ofSeconds(10));
            assertThat(rig.state()).isEqualTo(HALF_OPEN);
            assertThat(rig.circuit.snapshot().calls()).isZero();
            rig.end(lost, Signal.FAILURE);
            rig.calls(Signal.SUCCESS, 3);
            assertThat(rig.state()).isEqualTo(CLOSED);
        }

        @Test
        void aProbeThatEndsAfterTheLeaseIsLateAlthoughNobodyAskedSince() {
            CircuitRig rig = new CircuitRig(quick()).halfOpen();
            rig.calls(Signal.SUCCESS, 2);
            Permit last = rig.begin();
            long started = rig.time.nanoTime();
            rig.pass(Duration.ofSeconds(10));
            rig.circuit.end(last, Signal.SUCCESS, started, started);
            assertThat(rig.state()).isEqualTo(HALF_OPEN);
        }

        @Test
        void aRoundThatRanOutIsNoFailedRound() {
            CircuitRig rig = new CircuitRig(quick()).halfOpen().pass(Duration.ofSeconds(10));
            rig.calls(Signal.FAILURE, 2);
            assertThat(rig.circuit.snapshot().untilProbe()).hasValue(Duration.ofSeconds(2));
        }

        @Test
        void canBeBegunByHand() {
            CircuitRig rig = new CircuitRig(quick());
            rig.circuit.halfOpen();
            assertThat(rig.state()).isEqualTo(HALF_OPEN);
            rig.calls(Signal.SUCCESS, 3);
            assertThat(rig.state()).isEqualTo(CLOSED);
        }
    }

    @Nested
    class ByHand {

        @Test
        void forcedOpenRejectsUntilItIsChanged() {
            CircuitRig rig = new CircuitRig(quick());
            rig.calls(Signal.FAILURE, 1);
            rig.circuit.forceOpen();
            rig.pass(Duration.ofDays(365));
            assertThat(rig.state()).isEqualTo(FORCED_OPEN);
            assertThat(rig.isAdmitted()).isFalse();
            CircuitOpenException rejection = rig.circuit.rejection(rig.time.nanoTime());
            assertThat(rejection.retryAfter()).isEmpty();
            assertThat(rejection).hasMessage("circuit 'inventory' is open, until it is changed");
            assertThat(rig.circuit.snapshot().untilProbe()).isEmpty();
            assertThat(rig.circuit.snapshot().failures()).isEqualTo(1);
        }

        @Test
        void disabledLetsAllCallsThroughWhateverBecomesOfThem() {
            CircuitRig rig = new CircuitRig(quick().consecutiveFailures(1));
            rig.circuit.disable();
            rig.calls(Signal.FAILURE, 1_000).pass(Duration.ofDays(365));
            assertThat(rig.state()).isEqualTo(DISABLED);
            assertThat(rig.isAdmitted()).isTrue();
            assertThat(rig.circuit.snapshot().calls()).isZero();
            assertThat(rig.circuit.untilAdmittedNanos(rig.time.nanoTime())).isZero();
        }

        @Test
        void resettingClosesItWithAnEmptyWindow() {
            CircuitRig rig = new CircuitRig(quick());
            rig.calls(Signal.FAILURE, 2);
            rig.circuit.reset();
            assertThat(rig.circuit.snapshot().calls()).isZero();
            rig.open();
            rig.circuit.reset();
            assertThat(rig.state()).isEqualTo(CLOSED);
            rig.circuit.forceOpen();
            rig.circuit.reset();
            assertThat(rig.state()).isEqualTo(CLOSED);
            rig.circuit.disable();
            rig.circuit.reset();
            assertThat(rig.state()).isEqualTo(CLOSED);
        }

        @Test
        void resettingForgetsTheFailedRounds() {
            CircuitRig rig = new CircuitRig(quick()).halfOpen();
            rig.calls(Signal.FAILURE, 2);
            rig.circuit.reset();
            rig.open();
            assertThat(rig.circuit.snapshot().untilProbe()).hasValue(SECOND);
        }

        @Test
        void noTimerIsLeftBehind() {
            CircuitRig rig = new CircuitRig(quick()).halfOpen();
            rig.circuit.forceOpen();
            rig.circuit.reset();
            assertThat(rig.time.pending()).isZero();
        }
    }

    @Nested
    class Permits {

        @Test
        void aLateResultOfAnEarlierGenerationIsCountedInTheMetersOnly() {
            CircuitRig rig = new CircuitRig(quick());
            Permit early = rig.begin();
            rig.circuit.reset();
            rig.end(early, Signal.FAILURE);
            assertThat(rig.circuit.snapshot().calls()).isZero();
            assertThat(rig.counters.calls(Result.FAILURE, false)).isEqualTo(1);
        }

        @Test
        void aLateFailureDoesNotOpenWhatHasClosedAgain() {
            CircuitRig rig = new CircuitRig(quick().consecutiveFailures(1));
            Permit early = rig.begin();
            rig.circuit.forceOpen();
            rig.circuit.reset();
            rig.end(early, Signal.FAILURE);
            assertThat(rig.state()).isEqualTo(CLOSED);
        }

        @Test
        void aLateProbeTakesNoPlaceOfTheNextRound() {
            CircuitRig rig = new CircuitRig(quick()).halfOpen();
            Permit early = rig.begin();
            rig.pass(Duration.ofSeconds(10));
            rig.end(early, Signal.NONE);
            for (int i = 0; i < 3; i++) {
                assertThat(rig.isAdmitted()).isTrue();
            }
            assertThat(rig.isAdmitted()).isFalse();
        }

        @Test
        void anOpenCircuitThatBlocksRetriesLetsFirstAttemptsThroughUncounted() {
            CircuitRig rig = new CircuitRig(quick().blocks(Blocks.RETRIES)).open();
            long now = rig.time.nanoTime();
            for (int i = 0; i < 10; i++) {
                Permit permit = rig.circuit.tryAcquireFirst(now);
                assertThat(permit).isNotNull();
                rig.end(permit, Signal.SUCCESS);
            }
            assertThat(rig.state()).isEqualTo(OPEN);
            assertThat(rig.circuit.snapshot().rejected()).isZero();
            assertThat(rig.counters.calls(Result.SUCCESS, false)).isEqualTo(10);
            assertThat(rig.isAdmitted()).isFalse();
        }

        @Test
        void firstAttemptsAreProbesWhileThereIsAPlace() {
            CircuitRig rig = new CircuitRig(quick().blocks(Blocks.RETRIES)).halfOpen();
            for (int i = 0; i < 3; i++) {
                rig.end(rig.circuit.tryAcquireFirst(rig.time.nanoTime()), Signal.SUCCESS);
            }
            assertThat(rig.state()).isEqualTo(CLOSED);
        }

        @Test
        void aCircuitThatBlocksAllBlocksFirstAttempts() {
            CircuitRig rig = new CircuitRig(quick()).open();
            assertThat(rig.circuit.tryAcquireFirst(rig.time.nanoTime())).isNull();
        }
    }

    @Nested
    class Telling {

        @Test
        void eachChangeOfStateIsToldOnceAndInOrder() {
            CircuitRig rig = new CircuitRig(quick()).halfOpen();
            rig.calls(Signal.FAILURE, 2).pass(Duration.ofSeconds(2)).calls(Signal.SUCCESS, 3);
            rig.circuit.reset();
            rig.circuit.forceOpen();
            rig.circuit.disable();
            assertThat(rig.transitions)
                    .containsExactly(
                            "CLOSED > OPEN",
                            "OPEN > HALF_OPEN",
                            "HALF_OPEN > OPEN",
                            "OPEN > HALF_OPEN",
                            "HALF_OPEN > CLOSED",
                            "CLOSED > FORCED_OPEN",
                            "FORCED_OPEN > DISABLED");
        }

        @Test
        void aNewRoundOfProbesIsNoChangeOfState() {
            CircuitRig rig = new CircuitRig(quick()).halfOpen().pass(Duration.ofSeconds(10));
            assertThat(rig.state()).isEqualTo(HALF_OPEN);
            assertThat(rig.transitions).containsExactly("CLOSED > OPEN", "OPEN > HALF_OPEN");
        }

        @Test
        void aListenerThatThrowsChangesNothing() {
            ManualTime time = new ManualTime();
            Circuit circuit = Circuit.builder("loud")
                    .policy(CircuitPolicy.builder().consecutiveFailures(1).build())
                    .timeSource(time)
                    .listener(change -> {
                        throw new AssertionError(change.circuit() + " " + change.snapshot());
                    })
                    .build();
            circuit.end(circuit.tryAcquire(0), Signal.FAILURE, 0, 0);
            assertThat(circuit.state()).isEqualTo(OPEN);
        }

        @Test
        void countersKeepWhatCameOutAndHowLongItTook() {
            CircuitRig rig = new CircuitRig(quick().slowCall(SECOND, 100));
            rig.slowCalls(Signal.SUCCESS, Duration.ofMillis(10), 2);
            rig.slowCalls(Signal.SUCCESS, SECOND, 1);
            rig.calls(Signal.IGNORED, 1).calls(Signal.NONE, 1);
            rig.slowCalls(Signal.THROTTLED, Duration.ofMillis(5), 1);
            rig.calls(Signal.FAILURE, 1);
            assertThat(rig.counters.calls(Result.SUCCESS, false)).isEqualTo(2);
            assertThat(rig.counters.nanos(Result.SUCCESS, false)).isEqualTo(20_000_000);
            assertThat(rig.counters.calls(Result.SUCCESS, true)).isEqualTo(1);
            assertThat(rig.counters.nanos(Result.SUCCESS, true)).isEqualTo(1_000_000_000);
            assertThat(rig.counters.calls(Result.IGNORED, false)).isEqualTo(2);
            assertThat(rig.counters.calls(Result.FAILURE, false)).isEqualTo(2);
            assertThat(rig.counters.nanos(Result.FAILURE, false)).isEqualTo(5_000_000);
        }

        @Test
        void tellsWhatItIsMadeOf() {
            CircuitRig rig = new CircuitRig(quick());
            assertThat(rig.circuit.name()).isEqualTo("inventory");
            assertThat(rig.circuit.time()).isSameAs(rig.time);
            assertThat(rig.circuit.isTimed()).isTrue();
            assertThat(rig.circuit).hasToString("Circuit[inventory: CLOSED]");
            Circuit plain = Circuit.of("plain", CircuitPolicy.defaults());
            assertThat(plain.policy()).isSameAs(CircuitPolicy.defaults());
            assertThat(plain.time()).isSameAs(TimeSource.system());
            assertThat(plain.isTimed()).isFalse();
            assertThat(Circuit.of(
                                    "slow",
                                    CircuitPolicy.builder().slowCall(SECOND, 50).build(),
                                    rig.time)
                            .isTimed())
                    .isTrue();
        }
    }

    @Test
    void worksAcrossTheEndOfLong() {
        ManualTime late = new ManualTime(Long.MAX_VALUE - 500_000_000, Instant.EPOCH);
        CircuitRig rig = new CircuitRig(quick().timeWindow(SECOND), late).halfOpen();
        rig.calls(Signal.SUCCESS, 3);
        assertThat(rig.state()).isEqualTo(CLOSED);
        rig.calls(Signal.FAILURE, 2).pass(Duration.ofMillis(1_100));
        assertThat(rig.circuit.snapshot().calls()).isZero();
    }
}
