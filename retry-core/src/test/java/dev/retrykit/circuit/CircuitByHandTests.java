package dev.retrykit.circuit;

import static dev.retrykit.circuit.CircuitRig.quick;
import static dev.retrykit.circuit.CircuitState.CLOSED;
import static dev.retrykit.circuit.CircuitState.DISABLED;
import static dev.retrykit.circuit.CircuitState.FORCED_OPEN;
import static dev.retrykit.circuit.CircuitState.HALF_OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.retrykit.failure.Signal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CircuitByHandTests {

    private static final Duration SECOND = Duration.ofSeconds(1);

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
        assertThat(rejection).hasMessage("circuit 'inventory' is open, no probe is planned");
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

    @Test
    void forcedOpenForATimeItProbesThen() {
        CircuitRig rig = new CircuitRig(quick());
        rig.circuit.forceOpen(SECOND.multipliedBy(600));
        assertThat(rig.isAdmitted()).isFalse();
        assertThat(rig.circuit.rejection(rig.time.nanoTime()).retryAfter()).hasValue(SECOND.multipliedBy(600));
        assertThat(rig.circuit.snapshot().untilProbe()).hasValue(SECOND.multipliedBy(600));
        rig.pass(SECOND.multipliedBy(600).minusNanos(1));
        assertThat(rig.state()).isEqualTo(FORCED_OPEN);
        rig.pass(Duration.ofNanos(1));
        assertThat(rig.state()).isEqualTo(HALF_OPEN);
    }

    @Test
    void disabledForATimeItIsClosedThenWithAnEmptyWindow() {
        CircuitRig rig = new CircuitRig(quick());
        rig.circuit.disable(SECOND);
        rig.calls(Signal.FAILURE, 100);
        assertThat(rig.circuit.snapshot().untilEnd()).hasValue(SECOND);
        assertThat(rig.circuit.snapshot().untilProbe()).isEmpty();
        rig.pass(SECOND);
        assertThat(rig.state()).isEqualTo(CLOSED);
        assertThat(rig.circuit.snapshot().calls()).isZero();
        assertThat(rig.circuit.snapshot().untilEnd()).isEmpty();
    }

    @Test
    void whatWasForcedForATimeLeavesNoTimerAndGivesWayToWhatComesLater() {
        CircuitRig rig = new CircuitRig(quick());
        rig.circuit.forceOpen(SECOND);
        rig.circuit.disable(SECOND.multipliedBy(2));
        assertThat(rig.time.pending()).isZero();
        rig.pass(SECOND);
        assertThat(rig.state()).isEqualTo(DISABLED);
        rig.circuit.forceOpen();
        rig.pass(Duration.ofDays(1));
        assertThat(rig.state()).isEqualTo(FORCED_OPEN);
    }

    @Test
    void otherSettingsLeaveTheTimeAsItWas() {
        CircuitRig rig = new CircuitRig(quick());
        rig.circuit.forceOpen(SECOND);
        rig.circuit.change(quick().openDuration(Duration.ofSeconds(5)).build());
        rig.pass(SECOND);
        assertThat(rig.state()).isEqualTo(HALF_OPEN);
    }

    @Test
    void aTimeMustBeAboveZero() {
        CircuitRig rig = new CircuitRig(quick());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rig.circuit.forceOpen(Duration.ZERO))
                .withMessage("time must be above 0, but was PT0S");
        assertThat(rig.state()).isEqualTo(CLOSED);
        rig.circuit.disable(Duration.ofSeconds(Long.MAX_VALUE));
        rig.pass(Duration.ofDays(365));
        assertThat(rig.state()).isEqualTo(DISABLED);
    }
}
