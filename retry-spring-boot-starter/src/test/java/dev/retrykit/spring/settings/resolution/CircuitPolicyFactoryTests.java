package dev.retrykit.spring.settings.resolution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retrykit.circuit.BlockScope;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.OpenBehavior;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.Written;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CircuitPolicyFactoryTests {

    private static Resolved<CircuitPolicy> inventory(String yml) {
        return Written.yml("retrykit.circuits.inventory: " + yml).circuit();
    }

    private static void assertRefused(String yml, String... parts) {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> inventory(yml))
                .satisfies(refused -> assertThat(refused.getMessage()).contains(parts));
    }

    @Test
    void anEmptyCircuitIsOneOfDefaults() {
        Resolved<CircuitPolicy> effective = inventory("");

        assertThat(effective.value().timeWindow()).isEqualTo(Duration.ofSeconds(10));
        assertThat(effective.value().minimumCalls()).isEqualTo(20);
        assertThat(effective.value().failureRate()).isEqualTo(70);
        assertThat(effective.settings().values()).extracting(Setting::origin).containsOnly("default");
        assertThat(effective.settings()).doesNotContainKeys("slow-call.duration", "slow-call.rate", "ignore");
    }

    @Test
    void everyKeyReachesTheEngine() {
        CircuitPolicy policy = inventory("""

                          window: { type: time, size: 20s }
                          minimum-calls: 30
                          failure-rate: 40.5
                          slow-call: { duration: 2s, rate: 60 }
                          consecutive-failures: 9
                          open: { duration: 3s, multiplier: 1.5, max-duration: 50s, jitter: 0.2 }
                          half-open: { probes: 4, lease: 8s }
                          on-open: wait
                          blocks: retries
                          dry-run: true
                          ignore: [java.io.IOException]
                        """).value();

        assertThat(policy.countWindow()).isZero();
        assertThat(policy.timeWindow()).isEqualTo(Duration.ofSeconds(20));
        assertThat(policy.minimumCalls()).isEqualTo(30);
        assertThat(policy.failureRate()).isEqualTo(40.5);
        assertThat(policy.slowCallDuration()).isEqualTo(Duration.ofSeconds(2));
        assertThat(policy.slowCallRate()).isEqualTo(60);
        assertThat(policy.consecutiveFailures()).isEqualTo(9);
        assertThat(policy.openDuration()).isEqualTo(Duration.ofSeconds(3));
        assertThat(policy.openMultiplier()).isEqualTo(1.5);
        assertThat(policy.maxOpenDuration()).isEqualTo(Duration.ofSeconds(50));
        assertThat(policy.openJitter()).isEqualTo(0.2);
        assertThat(policy.probes()).isEqualTo(4);
        assertThat(policy.lease()).isEqualTo(Duration.ofSeconds(8));
        assertThat(policy.onOpen()).isEqualTo(OpenBehavior.WAIT);
        assertThat(policy.blocks()).isEqualTo(BlockScope.RETRIES);
        assertThat(policy.isDryRun()).isTrue();
        assertThat(policy.ignore()).containsExactly(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"int", "java.lang.String", "com.acme.Gone"})
    void whatIsNoFailureIsRefused(String name) {
        for (String key : new String[] {"ignore", "record"}) {
            assertRefused(
                    "{ " + key + ": [404, " + name + "] }",
                    "'retrykit.circuits.inventory." + key + "' contains '" + name + "'",
                    "application.yml",
                    "the full name of an exception class on the class path");
        }
    }

    @Test
    void aCountWindowIsOneOfCalls() {
        Resolved<CircuitPolicy> effective = inventory("{ window: { type: count, size: 50 } }");

        assertThat(effective.value().countWindow()).isEqualTo(50);
        assertThat(effective.settings().get("window.size").value()).isEqualTo(50);
    }

    @Test
    void aCountWindowWithoutASizeHoldsAHundred() {
        assertThat(inventory("{ window: { type: count } }").value().countWindow())
                .isEqualTo(100);
    }

    @Test
    void aSizeOfTheOtherTypeIsRefusedWithTheRuleOfThisOne() {
        assertRefused(
                "{ window: { size: ten } }",
                "'retrykit.circuits.inventory.window.size' = 'ten' (Byte array resource [application.yml] - 1:48)"
                        + " is invalid: it must be a duration such as 100ms, 2s, 5m or PT2S, with a unit, because window.type is time.");
        assertRefused(
                "{ window: { type: count, size: 10s } }",
                "'retrykit.circuits.inventory.window.size' = '10s' (Byte array resource [application.yml] - 1:61)"
                        + " is invalid: it must be a whole number of calls, because window.type is count.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1000001"})
    void aCountWindowOutOfItsRangeIsRefused(String size) {
        assertRefused(
                "{ window: { type: count, size: " + size + " } }",
                "window.size must be 1 to 1000000, but was " + size,
                "\n    retrykit.circuits.inventory.window.size = " + size);
    }

    @ParameterizedTest
    @ValueSource(strings = {"9ms", "25h", "-1s"})
    void aTimeWindowOutOfItsRangeIsRefused(String size) {
        assertRefused("{ window: { size: " + size + " } }", "window.size must be 10 ms to 1 day, but was " + size);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "half-open: { probes: 0 } | half-open.probes must be 1 to 10000, but was 0",
                "failure-rate: 100.5 | failure-rate must be above 0 to 100 percent, but was 100.5",
                "failure-rate: 0 | failure-rate must be above 0 to 100 percent, but was 0.0",
                "slow-call: { duration: 1s, rate: 101 }"
                        + " | slow-call.rate must be above 0 to 100 percent, but was 101.0",
                "slow-call: { duration: -1s } | slow-call.duration must be above zero, but was -1s",
                "minimum-calls: 0 | minimum-calls must be 1 or more, but was 0",
                "consecutive-failures: -1 | consecutive-failures must be 0 or more, but was -1",
                "open: { duration: 0s } | open.duration must be above zero, but was 0s",
                "open: { multiplier: 0.5 } | open.multiplier must be 1 or more and finite, but was 0.5",
                "open: { jitter: 1.5 } | open.jitter must be 0 to 1, but was 1.5",
                "half-open: { lease: 0s } | half-open.lease must be above zero, but was 0s",
            })
    void aValueOutOfItsRangeIsNamedWithItsOriginAndItsRule(String yml, String rule) {
        assertRefused(
                "{ " + yml + " }",
                "Invalid settings for retrykit.circuits.inventory: " + rule + ".",
                "\n    retrykit.circuits.inventory." + rule.substring(0, rule.indexOf(' ')) + " = ",
                " (Byte array resource [application.yml] - 1:");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "window: { type: count, size: 10 }, minimum-calls: 11"
                        + " | minimum-calls must not be above window.size, 10, but was 11"
                        + " | window.size = 10 | minimum-calls = 11",
                "open: { duration: 40s, max-duration: 30s }"
                        + " | open.max-duration must not be below open.duration, 40s, but was 30s"
                        + " | open.duration = 40s | open.max-duration = 30s",
                "minimum-calls: 4, half-open: { probes: 5 }"
                        + " | half-open.probes must not be above minimum-calls, 4, but was 5"
                        + " | minimum-calls = 4 | half-open.probes = 5",
            })
    void ofTwoValuesThatContradictBothAreNamed(String yml, String rule, String one, String other) {
        assertRefused(
                "{ " + yml + " }",
                "Invalid settings for retrykit.circuits.inventory: " + rule + ".",
                "\n    retrykit.circuits.inventory." + one + " (Byte array resource [application.yml] - 1:",
                "\n    retrykit.circuits.inventory." + other + " (Byte array resource [application.yml] - 1:");
    }

    @ParameterizedTest
    @CsvSource({
        "half-open.probes, 50, minimum-calls, 50",
        "minimum-calls, 3, half-open.probes, 3",
        "open.duration, 1m, open.max-duration, 1m",
        "open.max-duration, 2s, open.duration, 2s"
    })
    void aDefaultThatDoesNotFitAWrittenValueGivesWay(String key, String value, String derived, String becomes) {
        Setting setting = Written.property("retrykit.circuits.inventory." + key, value)
                .circuit()
                .settings()
                .get(derived);

        assertThat(MessageText.of(setting.value())).hasToString(becomes);
        assertThat(setting.origin()).isEqualTo("derived");
    }

    @Test
    void theDefaultMinimumFitsASmallCountWindow() {
        Resolved<CircuitPolicy> effective = inventory("{ window: { type: count, size: 10 } }");

        assertThat(effective.value().minimumCalls()).isEqualTo(10);
        assertThat(effective.settings().get("minimum-calls").origin()).isEqualTo("derived");
        assertThat(inventory("{ window: { type: count, size: 2 } }").value().probes())
                .isEqualTo(2);
    }

    @Test
    void theDefaultCountWindowFitsALargeMinimum() {
        assertThat(inventory("{ window: { type: count }, minimum-calls: 500 }")
                        .value()
                        .countWindow())
                .isEqualTo(500);
    }

    @Test
    void aSlowCallHasADefaultRate() {
        Resolved<CircuitPolicy> effective = inventory("{ slow-call: { duration: 2s } }");

        assertThat(effective.settings().get("slow-call.rate")).isEqualTo(new Setting(80.0, "default"));
    }

    @Test
    void twoWrittenValuesThatContradictAreRefused() {
        assertRefused(
                "{ minimum-calls: 50, window: { type: count, size: 10 } }",
                "minimum-calls must not be above window.size, 10, but was 50.",
                "\n    retrykit.circuits.inventory.minimum-calls = 50 (Byte array resource [application.yml] - 1:47)",
                "\n    retrykit.circuits.inventory.window.size = 10 (Byte array resource [application.yml] - 1:80)");
        assertRefused(
                "{ minimum-calls: 3, half-open: { probes: 4 } }",
                "half-open.probes must not be above minimum-calls, 3, but was 4.",
                "inventory.half-open.probes = 4 (",
                "inventory.minimum-calls = 3 (");
        assertRefused(
                "{ open: { duration: 20s, max-duration: 10s } }",
                "open.max-duration must not be below open.duration, 20s, but was 10s.",
                "inventory.open.max-duration = 10s (",
                "inventory.open.duration = 20s (");
    }

    @ParameterizedTest
    @CsvSource({
        "failure-rate, 0.0",
        "failure-rate, 101.0",
        "failure-rate, NaN",
        "minimum-calls, 0",
        "consecutive-failures, -1",
        "open.duration, 0s",
        "open.multiplier, 0.9",
        "open.jitter, 1.5",
        "half-open.lease, 0s",
        "half-open.probes, 10001"
    })
    void impossibleNumbersAreRefusedByTheUsersKey(String key, String value) {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> Written.property("retrykit.circuits.inventory." + key, value)
                        .circuit())
                .withMessageContaining("inventory: " + key + " must")
                .withMessageContaining("\n    retrykit.circuits.inventory." + key + " = " + value + " (");
    }
}
