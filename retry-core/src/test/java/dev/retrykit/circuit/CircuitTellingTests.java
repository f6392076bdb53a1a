package dev.retrykit.circuit;

import static dev.retrykit.circuit.CircuitRig.quick;
import static dev.retrykit.circuit.CircuitState.CLOSED;
import static dev.retrykit.circuit.CircuitState.HALF_OPEN;
import static dev.retrykit.circuit.CircuitState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.circuit.CircuitCounters.Result;
import dev.retrykit.failure.Signal;
import dev.retrykit.time.ManualTime;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CircuitTellingTests {

    private static final Duration SECOND = Duration.ofSeconds(1);

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

    @Test
    void worksAcrossTheEndOfLong() {
        ManualTime late = new ManualTime(Long.MAX_VALUE - 500_000_000, Instant.EPOCH);
        CircuitRig rig = new CircuitRig(quick().timeWindow(SECOND), late);
        rig.circuit.halfOpen();
        rig.calls(Signal.SUCCESS, 3);
        assertThat(rig.state()).isEqualTo(CLOSED);
        rig.calls(Signal.FAILURE, 2).pass(Duration.ofMillis(1_100));
        assertThat(rig.circuit.snapshot().calls()).isEqualTo(2);
        rig.pass(Duration.ofMinutes(11));
        assertThat(rig.circuit.snapshot().calls()).isZero();
    }
}
