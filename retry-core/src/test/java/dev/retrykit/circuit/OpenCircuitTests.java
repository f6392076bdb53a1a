package dev.retrykit.circuit;

import static dev.retrykit.circuit.CircuitRig.quick;
import static dev.retrykit.circuit.CircuitState.CLOSED;
import static dev.retrykit.circuit.CircuitState.HALF_OPEN;
import static dev.retrykit.circuit.CircuitState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.Signal;
import dev.retrykit.time.ManualTime;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OpenCircuitTests {

    private static final Duration SECOND = Duration.ofSeconds(1);

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
