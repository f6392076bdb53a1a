package dev.retrykit.circuit;

import static dev.retrykit.circuit.CircuitRig.quick;
import static dev.retrykit.circuit.CircuitState.CLOSED;
import static dev.retrykit.circuit.CircuitState.DISABLED;
import static dev.retrykit.circuit.CircuitState.FORCED_OPEN;
import static dev.retrykit.circuit.CircuitState.HALF_OPEN;
import static dev.retrykit.circuit.CircuitState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.retrykit.failure.Signal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Settings that change while the circuit works. */
class ChangedCircuitTests {

    private final CircuitRig rig = new CircuitRig(quick());

    private void change(CircuitPolicy.Builder policy) {
        rig.circuit.change(policy.build());
    }

    @Test
    void takesOtherRatesWithTheCountsItHas() {
        rig.calls(Signal.SUCCESS, 6).calls(Signal.FAILURE, 2);
        assertThat(rig.state()).isEqualTo(CLOSED);
        change(quick().failureRate(30));
        assertThat(rig.circuit.snapshot().calls()).isEqualTo(8);
        assertThat(rig.state()).as("a change alone decides nothing").isEqualTo(CLOSED);
        rig.calls(Signal.FAILURE, 1);
        assertThat(rig.state()).isEqualTo(OPEN);
        assertThat(rig.transitions).containsExactly("CLOSED > OPEN");
    }

    @Test
    void takesALargerWindowWithTheCountsItHas() {
        rig.calls(Signal.SUCCESS, 8);
        change(quick().countWindow(100));
        rig.calls(Signal.SUCCESS, 50);
        assertThat(rig.circuit.snapshot().calls()).isEqualTo(58);
    }

    @Test
    void takesASmallerWindowWithTheLatestCounts() {
        rig.calls(Signal.SUCCESS, 6).calls(Signal.FAILURE, 1);
        change(quick().countWindow(3));
        assertThat(rig.circuit.snapshot().calls()).isBetween(2L, 3L);
        assertThat(rig.circuit.snapshot().failures()).isEqualTo(1);
    }

    @Test
    void beginsAnEmptyWindowOfTheOtherType() {
        rig.calls(Signal.SUCCESS, 6);
        change(quick().timeWindow(Duration.ofSeconds(10)));
        assertThat(rig.circuit.snapshot().calls()).isZero();
        rig.calls(Signal.FAILURE, 2).pass(Duration.ofSeconds(1)).calls(Signal.FAILURE, 1);
        assertThat(rig.state()).isEqualTo(OPEN);
    }

    @Test
    void keepsTheStreak() {
        CircuitRig streaky = new CircuitRig(quick().minimumCalls(10).consecutiveFailures(4));
        streaky.calls(Signal.FAILURE, 2);
        streaky.circuit.change(quick().minimumCalls(10).consecutiveFailures(3).build());
        streaky.calls(Signal.FAILURE, 1);
        assertThat(streaky.state()).isEqualTo(OPEN);
    }

    @Test
    void countsCallsThatBeganBefore() {
        Permit first = rig.begin();
        Permit second = rig.begin();
        change(quick());
        Permit third = rig.begin();
        change(quick().failureRate(60));
        rig.end(first, Signal.FAILURE);
        rig.end(second, Signal.FAILURE);
        assertThat(rig.circuit.snapshot().failures()).isEqualTo(2);
        rig.end(third, Signal.FAILURE);
        assertThat(rig.state()).isEqualTo(OPEN);
    }

    @Test
    void stillIgnoresCallsOfAnEarlierGeneration() {
        Permit early = rig.begin();
        rig.open().pass(Duration.ofSeconds(1));
        change(quick().probes(1).minimumCalls(1));
        assertThat(rig.state()).isEqualTo(HALF_OPEN);
        rig.end(early, Signal.SUCCESS);
        assertThat(rig.state()).isEqualTo(HALF_OPEN);
    }

    @Test
    void anOpenTimeThatHasBegunKeepsItsLengthAndTheNextHasTheNewOne() {
        rig.open();
        change(quick().openDuration(Duration.ofSeconds(5)));
        rig.pass(Duration.ofMillis(999));
        assertThat(rig.state()).isEqualTo(OPEN);
        rig.pass(Duration.ofMillis(1));
        assertThat(rig.state()).isEqualTo(HALF_OPEN);
        rig.calls(Signal.FAILURE, 2).pass(Duration.ofMillis(7_999));
        assertThat(rig.state()).as("twice 5 s, capped at 8 s").isEqualTo(OPEN);
        rig.pass(Duration.ofMillis(1));
        assertThat(rig.state()).isEqualTo(HALF_OPEN);
    }

    @Test
    void aRoundOfProbesThatHasBegunKeepsItsPlacesAndItsLease() {
        rig.halfOpen();
        Permit probe = rig.begin();
        change(quick().probes(1).lease(Duration.ofSeconds(1)));
        rig.end(probe, Signal.SUCCESS);
        assertThat(rig.state()).isEqualTo(HALF_OPEN);
        rig.begin();
        rig.begin();
        assertThat(rig.isAdmitted()).isFalse();
        rig.pass(Duration.ofSeconds(10));
        rig.calls(Signal.SUCCESS, 1);
        assertThat(rig.state()).as("the next round has one place").isEqualTo(CLOSED);
    }

    @Test
    void whatWasSetByHandStaysSo() {
        rig.circuit.forceOpen();
        change(quick());
        assertThat(rig.state()).isEqualTo(FORCED_OPEN);
        rig.circuit.disable();
        change(quick());
        assertThat(rig.state()).isEqualTo(DISABLED);
    }

    @Test
    void beginsToWatchForSlowCalls() {
        Circuit untimed = Circuit.of("untimed", quick().build());
        assertThat(untimed.isTimed()).isFalse();
        untimed.change(quick().slowCall(Duration.ofSeconds(1), 50).build());
        assertThat(untimed.isTimed()).isTrue();
        change(quick().slowCall(Duration.ofSeconds(1), 50));
        rig.slowCalls(Signal.SUCCESS, Duration.ofSeconds(2), 3);
        assertThat(rig.state()).isEqualTo(OPEN);
    }

    @Test
    void showsTheSettingsItHas() {
        CircuitPolicy other = quick().failureRate(10).build();
        rig.circuit.change(other);
        assertThat(rig.circuit.policy()).isSameAs(other);
        assertThatNullPointerException()
                .isThrownBy(() -> rig.circuit.change(null))
                .withMessage("policy");
    }

    @Test
    void leavesNothingBehindAfterManyChanges() {
        Permit early = rig.begin();
        for (int i = 0; i < 100_000; i++) {
            change(quick().failureRate(50 + i % 50));
        }
        rig.calls(Signal.FAILURE, 2);
        rig.end(early, Signal.FAILURE);
        assertThat(rig.circuit.snapshot().calls()).isEqualTo(3);
    }
}
