package dev.retrykit.spring.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retrykit.spring.Apps;
import dev.retrykit.spring.registry.CircuitEntry;
import dev.retrykit.spring.registry.PolicyEntry;
import dev.retrykit.spring.registry.Retries;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be off is switched off by off, 0s and an empty value; rates are percent. */
class SwitchedOffTests {

    private static final String DEFAULTS = """
            retrykit:
              defaults:
                policy: { attempt-timeout: 2s, budget.min-success: 70 }
                circuit: { slow-call.duration: 1s, consecutive-failures: 4 }
              policies:
                inventory:%s
              circuits:
                inventory:%s
            """;

    private static void with(String policy, String circuit, Consumer<Retries> test) {
        Apps.with(DEFAULTS.formatted(policy, circuit)).run(context -> test.accept(context.getBean(Retries.class)));
    }

    private static PolicyEntry policy(Retries retries) {
        return retries.findPolicy("inventory").orElseThrow();
    }

    private static CircuitEntry circuit(Retries retries) {
        return retries.findCircuit("inventory").orElseThrow();
    }

    private static void assertOff(Retries retries) {
        assertThat(policy(retries).policy().attemptTimeout()).isEmpty();
        assertThat(policy(retries).budget().policy().minSuccess()).isZero();
        assertThat(circuit(retries).circuit().policy().slowCallDuration()).isNull();
        assertThat(circuit(retries).circuit().policy().consecutiveFailures()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"off, off", "'\"off\"', '\"off\"'", "OFF, none", "0s, 0", "'', ''", "'\"\"', '\"\"'"})
    void whatDefaultsSayIsSwitchedOff(String time, String number) {
        String policy =
                "\n      max-attempts: 4\n      attempt-timeout: " + time + "\n      budget.min-success: " + number;
        String circuit = "\n      minimum-calls: 9\n      slow-call.duration: " + time
                + "\n      consecutive-failures: " + number;

        with(policy, circuit, SwitchedOffTests::assertOff);
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "", "\"off\"", "0s", "none"})
    void slowCallsAreSwitchedOffByTheSectionItself(String word) {
        with("", "\n      minimum-calls: 9\n      slow-call: " + word, retries -> {
            assertThat(circuit(retries).circuit().policy().slowCallDuration()).isNull();
            assertThat(circuit(retries).settings().get("slow-call.duration").origin())
                    .contains("application.yml");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "", "0"})
    void soTheyAreAtRunTime(String word) {
        with("", "\n      slow-call: { duration: 3s, rate: 40 }", retries -> {
            retries.runtimeSettings().give(circuit(retries), given("slowCall", word, "blocks", "all"), "me");
            assertThat(circuit(retries).circuit().policy().slowCallDuration()).isNull();

            retries.runtimeSettings().give(circuit(retries), given("slow-call.duration", "2s", "blocks", "all"), "me");
            assertThat(circuit(retries).circuit().policy().slowCallDuration()).isEqualTo(Duration.ofSeconds(2));

            retries.runtimeSettings().give(circuit(retries), given("slowCall", null, "blocks", null), "me");
            assertThat(circuit(retries).circuit().policy().slowCallDuration()).isEqualTo(Duration.ofSeconds(3));
        });
    }

    @Test
    void theStrongerSourceSaysWhetherSlowCallsAreOff() {
        Written off = Written.property("retrykit.circuits.inventory.slow-call", "off")
                .andYml("application.yml", "retrykit.circuits.inventory.slow-call: { duration: 3s, rate: 40 }");
        Written on = Written.property("retrykit.circuits.inventory.slow-call.duration", "4s")
                .andYml("application.yml", "retrykit.circuits.inventory.slow-call: off");
        Written variable = Written.variable("RETRYKIT_CIRCUITS_INVENTORY_SLOWCALL", "off")
                .andYml("application.yml", "retrykit.circuits.inventory.slow-call.duration: 3s");

        assertThat(off.circuit().value().slowCallDuration()).isNull();
        assertThat(on.circuit().value().slowCallDuration()).isEqualTo(Duration.ofSeconds(4));
        assertThat(on.circuit().settings().get("slow-call.duration").value()).isEqualTo(Duration.ofSeconds(4));
        assertThat(variable.circuit().value().slowCallDuration()).isNull();
        assertThat(variable.circuit().settings().get("slow-call.duration").origin())
                .contains("RETRYKIT_CIRCUITS_INVENTORY_SLOWCALL");
    }

    @Test
    void aListWithAGapNamesItsVariable() {
        Written gap = Written.variable("RETRYKIT_POLICIES_INVENTORY_RETRYON_1", "java.io.IOException");

        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(gap::bind)
                .withMessageContaining("RETRYKIT_POLICIES_INVENTORY_RETRYON_1")
                .withMessageContaining("numbered consecutively from 0");
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(Written.variable("RETRYKIT_POLICIES_INVENTORY_STATUSES_0", "503")
                        .andVariable("RETRYKIT_POLICIES_INVENTORY_STATUSES_2", "504")::bind)
                .withMessageContaining("RETRYKIT_POLICIES_INVENTORY_STATUSES_2");
    }

    @Test
    void whatSaysNothingKeepsTheDefaults() {
        with("", "", retries -> {
            assertThat(policy(retries).policy().attemptTimeout()).hasValue(Duration.ofSeconds(2));
            assertThat(circuit(retries).circuit().policy().consecutiveFailures())
                    .isEqualTo(4);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "", "0"})
    void theSameAtRunTime(String word) {
        with("", "", retries -> {
            retries.runtimeSettings()
                    .give(policy(retries), given("attemptTimeout", word, "budget.minSuccess", word), "me");
            retries.runtimeSettings()
                    .give(circuit(retries), given("slowCall.duration", word, "consecutive_failures", word), "me");
            assertOff(retries);

            retries.runtimeSettings()
                    .give(policy(retries), given("attemptTimeout", null, "budget.minSuccess", null), "me");
            assertThat(policy(retries).policy().attemptTimeout()).hasValue(Duration.ofSeconds(2));
        });
    }

    @Test
    void aListIsEmptiedAtRunTime() {
        with("\n      retry-on: [java.lang.IllegalStateException]", "", retries -> {
            retries.runtimeSettings().give(policy(retries), given("retryOn", "", "statuses", ""), "me");

            assertThat(policy(retries).settings().get("retry-on").value()).isEqualTo(List.of());
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"maxAttempts", "backoff.delay", "budget.time", "jitter"})
    void whatCannotBeOffIsRefusedWithAReason(String key) {
        with(
                "",
                "",
                retries -> assertThatExceptionOfType(InvalidSettingException.class)
                        .isThrownBy(() ->
                                retries.runtimeSettings().give(policy(retries), given(key, "", "dryRun", "true"), "me"))
                        .withMessageContaining(key + "' must not be empty, because it cannot be switched off"));
    }

    @ParameterizedTest
    @CsvSource({"70%, 70", "'70 %', 70", "2.5%, 2.5", "70, 70"})
    void percentMayBeWritten(String written, double percent) {
        with(
                "\n      budget.min-success: " + written,
                "\n      failure-rate: " + written + "\n      slow-call.rate: " + written,
                retries -> {
                    assertThat(policy(retries).budget().policy().minSuccess()).isEqualTo(percent);
                    assertThat(circuit(retries).circuit().policy().failureRate())
                            .isEqualTo(percent);
                    assertThat(circuit(retries).circuit().policy().slowCallRate())
                            .isEqualTo(percent);
                    retries.runtimeSettings()
                            .give(circuit(retries), given("failureRate", "33%", "blocks", "all"), "me");
                    assertThat(circuit(retries).circuit().policy().failureRate())
                            .isEqualTo(33);
                });
    }

    @ParameterizedTest
    @CsvSource({"0.7, 70", "1, 100", "0.005, 0.5", "1.0, 100", "0.7%, 70"})
    void aFractionIsRefused(String written, String meant) {
        with("", "", retries -> {
            assertThatExceptionOfType(InvalidSettingException.class)
                    .isThrownBy(() -> retries.runtimeSettings()
                            .give(circuit(retries), given("failureRate", written, "blocks", "all"), "me"))
                    .withMessageContaining("Did you mean " + meant + "?");
            assertThatExceptionOfType(InvalidSettingException.class)
                    .isThrownBy(() -> retries.runtimeSettings()
                            .give(policy(retries), given("budget.minSuccess", written, "dryRun", "true"), "me"))
                    .withMessageContaining("Did you mean " + meant + "?");
        });
    }

    private static Map<String, @Nullable String> given(
            String key, @Nullable String value, String other, @Nullable String otherValue) {
        Map<String, @Nullable String> given = new HashMap<>();
        given.put(key, value);
        given.put(other, otherValue);
        return given;
    }
}
