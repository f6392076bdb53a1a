package dev.retrykit.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CircuitPolicyTests {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void theDefaultsAreThoseOfTheDocumentation() {
        CircuitPolicy policy = CircuitPolicy.defaults();
        assertThat(policy.countWindow()).isZero();
        assertThat(policy.timeWindow()).isEqualTo(Duration.ofSeconds(10));
        assertThat(policy.minimumCalls()).isEqualTo(20);
        assertThat(policy.failureRate()).isEqualTo(70);
        assertThat(policy.slowCallDuration()).isNull();
        assertThat(policy.consecutiveFailures()).isZero();
        assertThat(policy.openDuration()).isEqualTo(Duration.ofSeconds(5));
        assertThat(policy.openMultiplier()).isEqualTo(2);
        assertThat(policy.maxOpenDuration()).isEqualTo(Duration.ofSeconds(30));
        assertThat(policy.openJitter()).isEqualTo(0.5);
        assertThat(policy.probes()).isEqualTo(5);
        assertThat(policy.lease()).isEqualTo(Duration.ofSeconds(30));
        assertThat(policy.ignore()).isEmpty();
        assertThat(policy.onOpen()).isEqualTo(OpenBehavior.STOP);
        assertThat(policy.blocks()).isEqualTo(BlockScope.ALL);
    }

    @Test
    void keepsWhatItWasBuiltWith() {
        CircuitPolicy policy = CircuitPolicy.builder()
                .countWindow(100)
                .minimumCalls(30)
                .failureRate(50)
                .slowCall(Duration.ofSeconds(2), 80)
                .consecutiveFailures(7)
                .openDuration(SECOND)
                .openMultiplier(3)
                .maxOpenDuration(Duration.ofMinutes(1))
                .openJitter(0.25)
                .probes(3)
                .lease(Duration.ofSeconds(9))
                .ignore(IOException.class)
                .onOpen(OpenBehavior.WAIT)
                .blocks(BlockScope.RETRIES)
                .build();
        assertThat(policy.countWindow()).isEqualTo(100);
        assertThat(policy.minimumCalls()).isEqualTo(30);
        assertThat(policy.failureRate()).isEqualTo(50);
        assertThat(policy.slowCallDuration()).isEqualTo(Duration.ofSeconds(2));
        assertThat(policy.slowCallRate()).isEqualTo(80);
        assertThat(policy.consecutiveFailures()).isEqualTo(7);
        assertThat(policy.openDuration()).isEqualTo(SECOND);
        assertThat(policy.openMultiplier()).isEqualTo(3);
        assertThat(policy.maxOpenDuration()).isEqualTo(Duration.ofMinutes(1));
        assertThat(policy.openJitter()).isEqualTo(0.25);
        assertThat(policy.probes()).isEqualTo(3);
        assertThat(policy.lease()).isEqualTo(Duration.ofSeconds(9));
        assertThat(policy.ignore()).containsExactly(IOException.class);
        assertThat(policy.onOpen()).isEqualTo(OpenBehavior.WAIT);
        assertThat(policy.blocks()).isEqualTo(BlockScope.RETRIES);
    }

    @Test
    void aBuilderThatIsUsedAgainChangesNothingThatItBuilt() {
        CircuitPolicy.Builder builder = CircuitPolicy.builder().failureRate(50);
        CircuitPolicy first = builder.build();
        builder.failureRate(90).probes(1).countWindow(20);
        assertThat(first.failureRate()).isEqualTo(50);
        assertThat(first.probes()).isEqualTo(5);
        assertThat(first.countWindow()).isZero();
    }

    @Test
    void theLastWindowThatWasSetCounts() {
        assertThat(CircuitPolicy.builder()
                        .countWindow(50)
                        .timeWindow(SECOND)
                        .build()
                        .countWindow())
                .isZero();
        assertThat(CircuitPolicy.builder()
                        .timeWindow(SECOND)
                        .countWindow(50)
                        .build()
                        .countWindow())
                .isEqualTo(50);
    }

    @Test
    void aDefaultThatDoesNotFitWhatWasSetGivesWay() {
        CircuitPolicy small = CircuitPolicy.builder().countWindow(3).build();
        assertThat(small.minimumCalls()).isEqualTo(3);
        assertThat(small.probes()).isEqualTo(3);
        assertThat(CircuitPolicy.builder().minimumCalls(2).build().probes()).isEqualTo(2);
        assertThat(CircuitPolicy.builder().probes(50).build().minimumCalls()).isEqualTo(50);
        assertThat(CircuitPolicy.builder()
                        .openDuration(Duration.ofMinutes(2))
                        .build()
                        .maxOpenDuration())
                .isEqualTo(Duration.ofMinutes(2));
        assertThat(CircuitPolicy.builder().maxOpenDuration(SECOND).build().openDuration())
                .isEqualTo(SECOND);
        assertThat(CircuitPolicy.builder()
                        .maxOpenDuration(Duration.ofHours(1))
                        .build()
                        .openDuration())
                .isEqualTo(Duration.ofSeconds(5));
    }

    static Stream<Arguments> rejected() {
        return Stream.of(
                rejected(b -> b.countWindow(0), "countWindow must be 1 to 1000000, but was 0"),
                rejected(b -> b.countWindow(-1), "countWindow must be 1 to 1000000, but was -1"),
                rejected(b -> b.countWindow(1_000_001), "countWindow must be 1 to 1000000, but was 1000001"),
                rejected(
                        b -> b.timeWindow(Duration.ofMillis(9)), "timeWindow must be 10 ms to 1 day, but was PT0.009S"),
                rejected(b -> b.timeWindow(Duration.ofDays(2)), "timeWindow must be 10 ms to 1 day, but was PT48H"),
                rejected(b -> b.minimumCalls(0), "minimumCalls must be 1 or more, but was 0"),
                rejected(
                        b -> b.countWindow(10).minimumCalls(11),
                        "minimumCalls must not be above countWindow, 10, but was 11"),
                rejected(b -> b.failureRate(0), "failureRate must be above 0 to 100 percent, but was 0.0"),
                rejected(b -> b.failureRate(100.5), "failureRate must be above 0 to 100 percent, but was 100.5"),
                rejected(b -> b.failureRate(Double.NaN), "failureRate must be above 0 to 100 percent, but was NaN"),
                rejected(b -> b.slowCall(SECOND, 0), "slowCallRate must be above 0 to 100 percent, but was 0.0"),
                rejected(b -> b.slowCall(SECOND, 101), "slowCallRate must be above 0 to 100 percent, but was 101.0"),
                rejected(b -> b.slowCall(Duration.ZERO, 50), "slowCall duration must be above zero, but was PT0S"),
                rejected(b -> b.consecutiveFailures(-1), "consecutiveFailures must be 0 or more, but was -1"),
                rejected(b -> b.openDuration(Duration.ZERO), "openDuration must be above zero, but was PT0S"),
                rejected(b -> b.openDuration(SECOND.negated()), "openDuration must be above zero, but was PT-1S"),
                rejected(b -> b.maxOpenDuration(Duration.ZERO), "maxOpenDuration must be above zero, but was PT0S"),
                rejected(
                        b -> b.openDuration(Duration.ofSeconds(2)).maxOpenDuration(SECOND),
                        "maxOpenDuration must not be below openDuration, PT2S, but was PT1S"),
                rejected(b -> b.openMultiplier(0.9), "openMultiplier must be 1 or more and finite, but was 0.9"),
                rejected(b -> b.openMultiplier(Double.NaN), "openMultiplier must be 1 or more and finite, but was NaN"),
                rejected(
                        b -> b.openMultiplier(Double.POSITIVE_INFINITY),
                        "openMultiplier must be 1 or more and finite, but was Infinity"),
                rejected(b -> b.openJitter(-0.1), "openJitter must be 0 to 1, but was -0.1"),
                rejected(b -> b.openJitter(1.1), "openJitter must be 0 to 1, but was 1.1"),
                rejected(b -> b.openJitter(Double.NaN), "openJitter must be 0 to 1, but was NaN"),
                rejected(b -> b.probes(0), "probes must be 1 to 10000, but was 0"),
                rejected(b -> b.probes(10_001), "probes must be 1 to 10000, but was 10001"),
                rejected(b -> b.minimumCalls(4).probes(5), "probes must not be above minimumCalls, 4, but was 5"),
                rejected(b -> b.countWindow(10).probes(15), "probes must not be above minimumCalls, 10, but was 15"),
                rejected(b -> b.lease(Duration.ZERO), "lease must be above zero, but was PT0S"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("rejected")
    void rejectsASettingThatBreaksItsRule(UnaryOperator<CircuitPolicy.Builder> setting, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> setting.apply(CircuitPolicy.builder()).build())
                .withMessage(message);
    }

    static Stream<Arguments> missing() {
        return Stream.of(
                rejected(b -> b.timeWindow(null), "size"),
                rejected(b -> b.openDuration(null), "duration"),
                rejected(b -> b.maxOpenDuration(null), "duration"),
                rejected(b -> b.lease(null), "duration"),
                rejected(b -> b.onOpen(null), "onOpen"),
                rejected(b -> b.blocks(null), "blocks"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("missing")
    void refusesAMissingSettingWhereItIsSet(UnaryOperator<CircuitPolicy.Builder> setting, String message) {
        assertThatNullPointerException()
                .isThrownBy(() -> setting.apply(CircuitPolicy.builder()))
                .withMessage(message);
    }

    private static Arguments rejected(UnaryOperator<CircuitPolicy.Builder> setting, String message) {
        return arguments(setting, message);
    }
}
