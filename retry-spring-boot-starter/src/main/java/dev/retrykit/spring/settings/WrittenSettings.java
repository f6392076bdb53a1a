package dev.retrykit.spring.settings;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is written under {@code retrykit.*}, as layers. */
public final class WrittenSettings {

    private final RetrykitProperties properties;
    private final SettingsBinder.Origins origins;

    WrittenSettings(RetrykitProperties properties, SettingsBinder.Origins origins) {
        this.properties = properties;
        this.origins = origins;
    }

    /** The names of all configured policies, as they are written. */
    public Collection<String> policies() {
        return properties.policies().keySet();
    }

    /** The names of all configured circuits, as they are written. */
    public Collection<String> circuits() {
        return properties.circuits().keySet();
    }

    /** The names of all configured budgets, as they are written. */
    public Collection<String> budgets() {
        return properties.budgets().keySet();
    }

    /** What holds for every policy; a policy's own budget starts from the default budget. */
    public Layer policyDefaults() {
        RetrykitProperties.Defaults defaults = properties.defaults();
        return layer(defaults.policy(), "retrykit.defaults.policy");
    }

    /** What holds for every budget. */
    public Layer budgetDefaults() {
        return layer(properties.defaults().budget(), "retrykit.defaults.budget");
    }

    /** What holds for every circuit. */
    public Layer circuitDefaults() {
        return layer(properties.defaults().circuit(), "retrykit.defaults.circuit");
    }

    /** What is written about a policy; null if it isn't configured. */
    public @Nullable Layer policy(String name) {
        return named(properties.policies(), name, "retrykit.policies");
    }

    /** What is written about a circuit; null if it isn't configured. */
    public @Nullable Layer circuit(String name) {
        return named(properties.circuits(), name, "retrykit.circuits");
    }

    /** What is written about a budget; null if it isn't configured. */
    public @Nullable Layer budget(String name) {
        return named(properties.budgets(), name, "retrykit.budgets");
    }

    private @Nullable Layer named(Map<String, ? extends Record> all, String name, String section) {
        for (Map.Entry<String, ? extends Record> entry : all.entrySet()) {
            if (Names.canonical(entry.getKey()).equals(Names.canonical(name))) {
                return layer(entry.getValue(), section + "[" + entry.getKey() + "]");
            }
        }
        return null;
    }

    private Layer layer(@Nullable Record written, String prefix) {
        return Layer.of(written, key -> origins.of(prefix + "." + key));
    }
}
