package dev.retrykit.spring.settings.resolution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.spring.settings.BudgetSettings;
import dev.retrykit.spring.settings.CircuitSettings;
import dev.retrykit.spring.settings.PolicySettings;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each component of the settings records has exactly one row in a table. */
class SettingsTableTests {

    @Test
    void aPolicyHasARowForEachKey() {
        assertThat(Stream.concat(
                        keys(RetryPolicyFactory.TABLE),
                        keys(BudgetPolicyFactory.TABLE).map("budget."::concat)))
                .containsExactlyInAnyOrderElementsOf(
                        keys(PolicySettings.class, "").toList());
    }

    @Test
    void aCircuitHasARowForEachKey() {
        assertThat(Stream.concat(keys(CircuitPolicyFactory.TABLE), keys(KeyLimitsFactory.TABLE)))
                .containsExactlyInAnyOrderElementsOf(
                        keys(CircuitSettings.class, "").toList());
    }

    @Test
    void aBudgetHasARowForEachKey() {
        assertThat(keys(BudgetPolicyFactory.TABLE))
                .containsExactlyInAnyOrderElementsOf(
                        keys(BudgetSettings.class, "").toList());
    }

    private static Stream<String> keys(SettingsTable<?, ?> table) {
        return table.rows().stream().map(SettingsTable.Row::key);
    }

    private static Stream<String> keys(Class<?> settings, String prefix) {
        return Arrays.stream(settings.getRecordComponents()).flatMap(component -> {
            String key = prefix + kebab(component);
            return component.getType().isRecord() ? keys(component.getType(), key + ".") : Stream.of(key);
        });
    }

    private static String kebab(RecordComponent component) {
        return component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
