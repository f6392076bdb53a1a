package dev.retrykit.circuit;

import static dev.retrykit.circuit.CircuitRig.quick;
import static dev.retrykit.circuit.CircuitState.CLOSED;
import static dev.retrykit.circuit.CircuitState.HALF_OPEN;
import static dev.retrykit.circuit.CircuitState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.Signal;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HalfOpenCircuitTests {

    private static final Duration SECOND = Duration.ofSeconds(1);

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

    @Test
    void aProbeThatSaysNothingGivesItsPlaceBack() {
        CircuitRig rig = new CircuitRig(quick()).halfOpen();
        rig.calls(Signal.NONE, 100);
        assertThat(rig.state()).isEqualTo(HALF_OPEN);
        assertThat(rig.circuit.snapshot().calls()).isZero();
        rig.calls(Signal.SUCCESS, 3);
        assertThat(rig.state()).isEqualTo(CLOSED);
    }

    @Test
    void anIgnoredProbeCountsAsASuccess() {
        CircuitRig rig = new CircuitRig(quick()).halfOpen();
        rig.calls(Signal.IGNORED, 2);
        assertThat(rig.state()).isEqualTo(HALF_OPEN);
        rig.calls(Signal.IGNORED, 1);
        assertThat(rig.state()).isEqualTo(CLOSED);
    }

    @Test
    void aRoundWithAnswersAndNoFailureClosesWhenItsLeaseEnds() {
        CircuitRig rig = new CircuitRig(quick()).halfOpen();
        rig.calls(Signal.SUCCESS, 1);
        rig.begin();
        rig.pass(Duration.ofSeconds(10));
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
        rig.calls(Signal.FAILURE, 1).calls(Signal.SUCCESS, 1);
        Permit lost = rig.begin();
        rig.pass(Duration.ofSeconds(10));
        assertThat(rig.state()).isEqualTo(HALF_OPEN);
        assertThat(rig.circuit.snapshot().calls()).isZero();
        rig.end(lost, Signal.FAILURE);
        rig.calls(Signal.SUCCESS, 3);
        assertThat(rig.state()).isEqualTo(CLOSED);
    }

    @Test
    void aLeaseThatIsOverAfterFailuresAloneOpensFromThenOn() {
        CircuitRig rig = new CircuitRig(quick()).halfOpen();
        rig.calls(Signal.FAILURE, 1);
        rig.begin();
        rig.begin();
        rig.pass(Duration.ofSeconds(11));
        assertThat(rig.state()).isEqualTo(OPEN);
        rig.pass(Duration.ofSeconds(1));
        assertThat(rig.state()).isEqualTo(HALF_OPEN);
    }

    @Test
    void probesThatAllFailConcludeARoundOfASecondThoughOthersMayCome() {
        CircuitRig rig = new CircuitRig(quick().minimumCalls(5).probes(5));
        rig.circuit.halfOpen();
        rig.calls(Signal.FAILURE, 1).pass(Duration.ofSeconds(1));
        assertThat(rig.state()).as("one proves nothing").isEqualTo(HALF_OPEN);
        rig.calls(Signal.FAILURE, 1);
        assertThat(rig.state()).isEqualTo(OPEN);
    }

    @Test
    void aProbeOnItsWayMayStillSucceed() {
        CircuitRig rig = new CircuitRig(quick().minimumCalls(5).probes(5));
        rig.circuit.halfOpen();
        rig.begin();
        rig.pass(Duration.ofSeconds(1)).calls(Signal.FAILURE, 2);
        assertThat(rig.state()).isEqualTo(HALF_OPEN);
    }

    @Test
    void aProbeThatEndsAfterTheLeaseIsLateAlthoughNobodyAskedSince() {
        CircuitRig rig = new CircuitRig(quick()).halfOpen();
        rig.calls(Signal.FAILURE, 1).calls(Signal.SUCCESS, 1);
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
