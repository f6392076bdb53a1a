package dev.retrykit.spring.settings.resolution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retrykit.circuit.KeyLimits;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.Written;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many keys a circuit may have. */
class KeyLimitsFactoryTests {

    private static Resolved<KeyLimits> inventory(String yml) {
        return Written.yml("retrykit.circuits.inventory: " + yml).keys();
    }

    @Test
    void withoutAWordTheyAreTheLibrarys() {
        Resolved<KeyLimits> effective = inventory("");
        assertThat(effective.value()).isEqualTo(new KeyLimits(1_000, Duration.ofMinutes(10)));
        assertThat(effective.settings().values()).extracting(Setting::origin).containsOnly("default");
    }

    @Test
    void bothCanBeWritten() {
        Resolved<KeyLimits> effective = inventory("{ keys: { max: 50, idle: 2m } }");
        assertThat(effective.value()).isEqualTo(new KeyLimits(50, Duration.ofMinutes(2)));
        assertThat(effective.settings().get("keys.max").origin()).contains("application.yml");
    }

    @Test
    void theIdleTimeGivesWayToALongerWindow() {
        Resolved<KeyLimits> effective = inventory("{ window: { size: 1h } }");
        assertThat(effective.value().idleTime()).isEqualTo(Duration.ofHours(1));
        assertThat(effective.settings().get("keys.idle").origin()).isEqualTo(Setting.DERIVED);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{ keys: { max: 0 } } | keys.max must be 1 to 100000, but was 0",
                "{ keys: { max: 100001 } } | keys.max must be 1 to 100000, but was 100001",
                "{ keys: { idle: 500ms } } | keys.idle must be 1 s or more, but was 500ms",
                "{ keys: { idle: 35s }, half-open: { lease: 40s } }"
                        + "| keys.idle must not be below half-open.lease, 40s, but was 35s",
                "{ keys: { idle: 50s }, window: { size: 1m } }"
                        + "| keys.idle must not be below window.size, 1m, but was 50s",
                "{ keys: { idle: 40s }, open: { max-duration: 30s, jitter: 0.5 } }"
                        + "| keys.idle must not be below open.max-duration with open.jitter on top, 45s, but was 40s",
            })
    void whatCantHoldIsNamedWithKeyValueOriginAndRule(String yml, String rule) {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> inventory(yml))
                .withMessageContaining("Invalid settings for retrykit.circuits.inventory: ")
                .withMessageContaining(rule)
                .withMessageContaining("retrykit.circuits.inventory.keys.")
                .withMessageContaining("application.yml");
    }
}
