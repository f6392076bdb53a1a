package dev.retrykit.circuit;

import static dev.retrykit.circuit.CircuitRig.quick;
import static dev.retrykit.circuit.CircuitState.CLOSED;
import static dev.retrykit.circuit.CircuitState.FORCED_OPEN;
import static dev.retrykit.circuit.CircuitState.HALF_OPEN;
import static dev.retrykit.circuit.CircuitState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.Signal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A circuit that only tells what it would do. */
class DryRunTests {

    private final CircuitRig rig = new CircuitRig(quick().dryRun(true));

    @Test
    void countsWhatItWouldRejectAndRejectsNothing() {
        rig.open();
        assertThat(rig.isAdmitted()).isTrue();
        assertThat(rig.circuit.tryAcquireFirst(rig.time.nanoTime())).isNotNull();
        assertThat(rig.circuit.snapshot().rejected()).isEqualTo(2);
        assertThat(rig.counters.rejected()).isEqualTo(2);
        assertThat(rig.transitions).containsExactly("CLOSED > OPEN");
    }

    @Test
    void keepsNoRetryWaiting() {
        rig.open();
        assertThat(rig.circuit.untilAdmittedNanos(rig.time.nanoTime())).isZero();
        assertThat(rig.circuit.snapshot().untilProbe()).contains(Duration.ofSeconds(1));
    }

    @Test
    void goesThroughItsStatesAsEver() {
        rig.halfOpen();
        Permit first = rig.begin();
        Permit second = rig.begin();
        Permit third = rig.begin();
        Permit beyond = rig.begin();
        rig.end(beyond, Signal.FAILURE);
        assertThat(rig.state()).as("a call that isn't a probe decides nothing").isEqualTo(HALF_OPEN);
        rig.end(first, Signal.SUCCESS);
        rig.end(second, Signal.SUCCESS);
        rig.end(third, Signal.SUCCESS);
        assertThat(rig.state()).isEqualTo(CLOSED);
    }

    @Test
    void letsCallsThroughWhereItIsForcedOpenToo() {
        rig.circuit.forceOpen();
        assertThat(rig.state()).isEqualTo(FORCED_OPEN);
        assertThat(rig.isAdmitted()).isTrue();
        assertThat(rig.circuit.snapshot().rejected()).isEqualTo(1);
    }

    @Test
    void countsTheCallsThatItLetThroughInTheMetersOnly() {
        rig.open();
        rig.calls(Signal.SUCCESS, 5);
        assertThat(rig.circuit.snapshot().calls())
                .as("those of the window that opened it")
                .isEqualTo(3);
        assertThat(rig.counters.calls(CircuitCounters.Result.SUCCESS, false)).isEqualTo(5);
    }

    @Test
    void beginsAndEndsWhileTheCircuitWorks() {
        rig.open();
        rig.circuit.change(quick().build());
        assertThat(rig.isAdmitted()).isFalse();
        assertThat(rig.state()).isEqualTo(OPEN);
        rig.circuit.change(quick().dryRun(true).build());
        assertThat(rig.isAdmitted()).isTrue();
    }

    @Test
    void leavesToFirstAttemptsWhatBlocksRetriesOnlyUncounted() {
        CircuitRig retriesOnly = new CircuitRig(quick().dryRun(true).blocks(BlockScope.RETRIES));
        retriesOnly.open();
        assertThat(retriesOnly.circuit.tryAcquireFirst(0)).isNotNull();
        assertThat(retriesOnly.circuit.snapshot().rejected()).isZero();
        assertThat(retriesOnly.isAdmitted()).isTrue();
        assertThat(retriesOnly.circuit.snapshot().rejected()).isEqualTo(1);
    }
}
