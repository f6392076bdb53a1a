package dev.retrykit.circuit;

import static dev.retrykit.circuit.CircuitRig.quick;
import static dev.retrykit.circuit.CircuitState.CLOSED;
import static dev.retrykit.circuit.CircuitState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.circuit.CircuitCounters.Result;
import dev.retrykit.failure.Signal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PermitTests {

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
        CircuitRig rig = new CircuitRig(quick().blocks(BlockScope.RETRIES)).open();
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
        CircuitRig rig = new CircuitRig(quick().blocks(BlockScope.RETRIES)).halfOpen();
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
