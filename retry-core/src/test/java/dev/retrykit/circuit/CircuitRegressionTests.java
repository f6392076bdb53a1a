package dev.retrykit.circuit;

import static dev.retrykit.circuit.CircuitRig.quick;
import static dev.retrykit.circuit.CircuitState.CLOSED;
import static dev.retrykit.circuit.CircuitState.HALF_OPEN;
import static dev.retrykit.circuit.CircuitState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retrykit.failure.Signal;
import dev.retrykit.time.ManualTime;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Defects of other circuit breakers, each with its number there. */
class CircuitRegressionTests {

    /** Polly #217. */
    @Test
    void aSuccessThatBeganBeforeItOpenedDoesNotCloseIt() {
        CircuitRig rig = new CircuitRig(quick().probes(1));
        Permit early = rig.begin();
        rig.open();
        rig.end(early, Signal.SUCCESS);
        assertThat(rig.state()).isEqualTo(OPEN);
        Permit beforeProbing = early;
        rig.pass(Duration.ofSeconds(1));
        assertThat(rig.state()).isEqualTo(HALF_OPEN);
        rig.end(beforeProbing, Signal.SUCCESS);
        assertThat(rig.state()).isEqualTo(HALF_OPEN);
    }

    /** Polly #717. */
    @Test
    void aCancelledProbeDoesNotCloseIt() {
        CircuitRig rig = new CircuitRig(quick().probes(1)).halfOpen();
        rig.calls(Signal.NONE, 1);
        assertThat(rig.state()).isEqualTo(HALF_OPEN);
        assertThat(rig.isAdmitted()).isTrue();
    }

    /** Resilience4j #1039. */
    @Test
    void theEndOfAnEarlierOpenTimeDoesNotCutTheNextShort() {
        CircuitRig rig = new CircuitRig(quick().openDuration(Duration.ofSeconds(5))).open();
        rig.pass(Duration.ofSeconds(1));
        rig.circuit.reset();
        rig.pass(Duration.ofSeconds(3)).open().pass(Duration.ofMillis(1_100));
        assertThat(rig.state()).isEqualTo(OPEN);
        rig.pass(Duration.ofMillis(3_900));
        assertThat(rig.state()).isEqualTo(HALF_OPEN);
    }

    /** Resilience4j #2038. */
    @Test
    void openAndHalfOpenDoNotCallEachOtherForEver() {
        ManualTime time = new ManualTime();
        Circuit[] told = new Circuit[1];
        Circuit circuit = Circuit.builder("restless")
                .policy(CircuitPolicy.builder()
                        .consecutiveFailures(1)
                        .openDuration(Duration.ofNanos(1))
                        .openJitter(1)
                        .lease(Duration.ofNanos(1))
                        .build())
                .timeSource(time)
                .random(() -> 0)
                .listener(change -> told[0].state())
                .build();
        told[0] = circuit;
        for (int i = 0; i < 10_000; i++) {
            long now = time.nanoTime();
            circuit.end(circuit.tryAcquire(now), Signal.FAILURE, now, now);
            assertThat(circuit.state()).isIn(OPEN, HALF_OPEN);
            time.advance(Duration.ofNanos(2));
        }
    }

    /** Resilience4j #544. */
    @Test
    void anIgnoredFailureOfTheLastProbeDoesNotStickInHalfOpen() {
        CircuitRig rig = new CircuitRig(quick()).halfOpen();
        rig.calls(Signal.SUCCESS, 2).calls(Signal.IGNORED, 1);
        assertThat(rig.state()).isEqualTo(CLOSED);
    }

    /** Resilience4j #2334. */
    @Test
    void aWindowOfOneSecondSurvivesAnyPause() {
        CircuitRig rig = new CircuitRig(quick().timeWindow(Duration.ofSeconds(1)));
        for (int millis : new int[] {0, 1, 99, 100, 101, 999, 1_000, 1_001, 1_099, 1_100, 5_000, 86_400_000}) {
            rig.pass(Duration.ofMillis(millis)).calls(Signal.SUCCESS, 2);
            assertThat(rig.circuit.snapshot().calls()).isPositive();
        }
    }

    /** spring-retry #99. */
    @Test
    void steadyTrafficFasterThanTheOpenTimeDoesNotKeepItOpen() {
        CircuitRig rig = new CircuitRig(quick()).open();
        for (int millis = 0; millis < 1_000; millis += 10) {
            assertThat(rig.isAdmitted()).isFalse();
            rig.pass(Duration.ofMillis(10));
        }
        rig.calls(Signal.SUCCESS, 3);
        assertThat(rig.state()).isEqualTo(CLOSED);
    }

    /** Resilience4j #935. */
    @Test
    void anErrorOfAProbeDoesNotStickInHalfOpen() {
        CircuitRig rig = new CircuitRig(quick()).halfOpen();
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(NoClassDefFoundError.class)
                    .isThrownBy(() -> rig.circuit.run(() -> {
                        throw new NoClassDefFoundError();
                    }));
        }
        assertThat(rig.state()).isEqualTo(OPEN);
    }

    /** Resilience4j #903. */
    @Test
    void aClassifierThatThrowsDoesNotStickInHalfOpen() {
        ManualTime time = new ManualTime();
        Circuit circuit = Circuit.builder("broken")
                .policy(quick().build())
                .timeSource(time)
                .classifier(failure -> {
                    throw new IllegalStateException("broken");
                })
                .build();
        circuit.halfOpen();
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> circuit.run(() -> {
                        throw new IOException();
                    }));
        }
        assertThat(circuit.state()).isEqualTo(OPEN);
    }

    /** Resilience4j #1389. */
    @Test
    void probesThatNeverEndDoNotStickInHalfOpen() {
        CircuitRig rig = new CircuitRig(quick()).halfOpen();
        for (int round = 0; round < 5; round++) {
            rig.begin();
            rig.begin();
            rig.begin();
            assertThat(rig.isAdmitted()).isFalse();
            rig.pass(Duration.ofSeconds(10));
        }
        rig.calls(Signal.SUCCESS, 3);
        assertThat(rig.state()).isEqualTo(CLOSED);
    }
}
