package dev.retrykit.circuit;

import static dev.retrykit.circuit.CircuitState.CLOSED;
import static dev.retrykit.circuit.CircuitState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.retrykit.failure.Signal;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WaitingAndHangingTests {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private static CircuitPolicy.Builder slow() {
        return CircuitPolicy.builder().slowCall(SECOND, 50);
    }

    static Stream<Arguments> changes() {
        CircuitPolicy slow = slow().build();
        CircuitPolicy fast = CircuitPolicy.defaults();
        CircuitPolicy counted = CircuitPolicy.builder().countWindow(100).build();
        return Stream.of(
                Arguments.of(Named.of(
                        "another rate", List.of(slow, slow().failureRate(80).build()))),
                Arguments.of(Named.of("slow calls on", List.of(fast, slow))),
                Arguments.of(Named.of("slow calls off and on", List.of(slow, fast, slow))),
                Arguments.of(Named.of(
                        "another limit",
                        List.of(slow().slowCall(SECOND.multipliedBy(3), 50).build(), slow))),
                Arguments.of(Named.of(
                        "another window",
                        List.of(slow().timeWindow(SECOND.multipliedBy(60)).build(), slow))),
                Arguments.of(Named.of("a window of calls for a while", List.of(slow, counted, slow))));
    }

    /** Healthy calls that were in flight while the settings changed are ended calls, and no more than that. */
    @ParameterizedTest
    @MethodSource("changes")
    void callsInFlightAtAChangeOfSettingsHideNoneThatHangLater(List<CircuitPolicy> policies) {
        CircuitRig rig = new CircuitRig(slow());
        List<Permit> inFlight = thirtyCallsUnderEach(policies, rig);
        rig.circuit.change(slow().build());
        for (Permit permit : inFlight) {
            rig.end(permit, inFlight.indexOf(permit) % 3 == 0 ? Signal.NONE : Signal.SUCCESS);
        }
        rig.pass(Duration.ofSeconds(30));
        assertThat(opensOf(rig, 25)).isTrue();
    }

    /** What has ended is missed nowhere: so few hang that the rate isn't reached. */
    @ParameterizedTest
    @MethodSource("changes")
    void callsInFlightAtAChangeOfSettingsDoNotSeemToHang(List<CircuitPolicy> policies) {
        CircuitRig rig = new CircuitRig(slow());
        List<Permit> inFlight = thirtyCallsUnderEach(policies, rig);
        inFlight.forEach(permit -> rig.end(permit, Signal.NONE));
        rig.pass(Duration.ofSeconds(30));
        assertThat(opensOf(rig, 15)).isFalse();
    }

    private static List<Permit> thirtyCallsUnderEach(List<CircuitPolicy> policies, CircuitRig rig) {
        List<Permit> inFlight = new ArrayList<>();
        for (CircuitPolicy policy : policies) {
            rig.circuit.change(policy);
            for (int i = 0; i < 30; i++) {
                inFlight.add(rig.begin());
            }
        }
        return inFlight;
    }

    private static boolean opensOf(CircuitRig rig, int hanging) {
        for (int i = 0; i < hanging; i++) {
            rig.begin();
        }
        for (int i = 0; i < 50 && rig.state() == CLOSED; i++) {
            rig.pass(Duration.ofMillis(400));
            if (rig.state() == CLOSED) {
                rig.end(rig.begin(), Signal.NONE);
            }
        }
        return rig.state() == OPEN;
    }

    /** 10 calls a second, all well for a minute; then 40 of its threads hang. docs: opens within 10 s. */
    @Test
    void callsThatHangCountTowardsTheMinimum() {
        CircuitRig rig = new CircuitRig(CircuitPolicy.builder().slowCall(SECOND.multipliedBy(2), 80));
        for (int i = 0; i < 600; i++) {
            rig.calls(Signal.SUCCESS, 1).pass(Duration.ofMillis(100));
        }
        long hangs = rig.time.nanoTime();
        for (int i = 0; i < 600 && rig.state() == CLOSED; i++) {
            rig.begin();
            rig.pass(Duration.ofMillis(100));
        }
        assertThat(Duration.ofNanos(rig.time.nanoTime() - hangs)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void callsThatHangOpenIt() {
        CircuitRig rig = new CircuitRig(slow());
        rig.calls(Signal.SUCCESS, 30).pass(Duration.ofSeconds(30));
        assertThat(opensOf(rig, 25)).isTrue();
    }

    /** What opened it is what it shows: at most as many as hang, since those that end meanwhile are taken off. */
    @Test
    void callsThatHangAreShownAsSlow() {
        CircuitRig rig = new CircuitRig(slow());
        assertThat(opensOf(rig, 25)).isTrue();
        assertThat(rig.circuit.snapshot().slowCalls()).isBetween(20L, 25L);
        assertThat(rig.circuit.snapshot().calls())
                .isEqualTo(rig.circuit.snapshot().slowCalls());
    }

    @Test
    void callsThatHangAtAChangeOfSettingsStillHang() {
        CircuitRig rig = new CircuitRig(slow());
        for (int i = 0; i < 25; i++) {
            rig.begin();
        }
        rig.pass(Duration.ofMillis(500));
        rig.circuit.change(slow().failureRate(80).build());
        assertThat(opensOf(rig, 0)).isTrue();
    }

    /** Also of a circuit that looks ten minutes back, since it is called once a second. */
    @Test
    void aRareSuccessMakesNoObjects() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        CircuitRig rig = new CircuitRig(CircuitPolicy.builder().minimumCalls(1_000_000));
        for (int i = 0; i < 700; i++) {
            rig.pass(SECOND).calls(Signal.SUCCESS, 1);
        }
        long now = rig.time.nanoTime();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        for (int i = 0; i < 1000; i++) {
            Permit permit = rig.circuit.tryAcquire(now);
            rig.circuit.end(permit, Signal.SUCCESS, now, now);
        }
        long bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertThat(bytes / 1000).isZero();
    }

    /** An hour's window becomes one of 10 s: yesterday's failures open it on one failure. */
    @Test
    void failuresOfYesterdayOpenNothing() {
        CircuitRig rig = new CircuitRig(
                CircuitPolicy.builder().timeWindow(Duration.ofHours(1)).minimumCalls(200));
        rig.calls(Signal.FAILURE, 150).pass(Duration.ofHours(24));
        rig.circuit.change(CircuitPolicy.defaults());
        rig.pass(SECOND.multipliedBy(2)).calls(Signal.FAILURE, 1);
        assertThat(rig.state()).isEqualTo(CLOSED);
    }

    /** The same as of a policy's attempt, of a circuit alone. */
    @Test
    void aRejectionInsideIsNothingHoweverLongItTook() {
        CircuitRig rig = new CircuitRig(slow());
        for (int i = 0; i < 30; i++) {
            try {
                rig.circuit.call(() -> {
                    rig.pass(SECOND.multipliedBy(2));
                    throw new RejectedExecutionException("full");
                });
            } catch (RejectedExecutionException | CircuitOpenException full) {
                // as it should be
            }
        }
        assertThat(rig.circuit.snapshot().calls()).isZero();
    }

    @Test
    void aStageThatIsRejectedInsideIsNothingEither() {
        CircuitRig rig = new CircuitRig(slow());
        for (int i = 0; i < 30; i++) {
            CompletableFuture<String> stage = new CompletableFuture<>();
            CompletableFuture<String> call = rig.circuit.callAsync(() -> stage);
            rig.pass(SECOND.multipliedBy(2));
            stage.completeExceptionally(new RejectedExecutionException("full"));
            assertThat(call).isCompletedExceptionally();
        }
        assertThat(rig.circuit.snapshot().calls()).isZero();
    }
}
