package dev.retrykit.spring.settings.binding;

import dev.retrykit.spring.settings.HttpSettings;
import dev.retrykit.spring.settings.IdempotencySettings;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.RetrykitProperties;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.SettingKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The configuration under {@code retrykit.*}, as layers of settings. */
public final class ConfiguredSettings {

    private final RetrykitProperties properties;
    private final OriginTracker origins;
    private final Section policies;
    private final Section circuits;
    private final Section budgets;

    ConfiguredSettings(RetrykitProperties properties, OriginTracker origins) {
        this.properties = properties;
        this.origins = origins;
        this.policies = Section.of(properties.policies());
        this.circuits = Section.of(properties.circuits());
        this.budgets = Section.of(properties.budgets());
    }

    /** The names of all configured policies, as configured. */
    public Collection<String> policies() {
        return policies.names;
    }

    /** The names of all configured circuits, as configured. */
    public Collection<String> circuits() {
        return circuits.names;
    }

    /** The names of all configured budgets, as configured. */
    public Collection<String> budgets() {
        return budgets.names;
    }

    /** Whether no policy, circuit or budget is configured. */
    public boolean isEmpty() {
        return properties.policies().isEmpty()
                && properties.circuits().isEmpty()
                && properties.budgets().isEmpty();
    }

    /** The application's own lines of the failure book, by class name. */
    Map<String, String> failures() {
        return SplitLines.joined(properties.failures());
    }

    /** Whether other settings have the same lines of the failure book. */
    public boolean hasSameFailures(ConfiguredSettings other) {
        return failures().equals(other.failures());
    }

    /** The configured HTTP settings. */
    public HttpSettings http() {
        return properties.http();
    }

    /** The configured settings of idempotent methods. */
    public IdempotencySettings idempotency() {
        return properties.idempotency();
    }

    /** The origin of a key's value, for messages. */
    public String origin(String key) {
        return origins.of(key);
    }

    /** Whether a key's value is from an environment variable, which cannot express every name. */
    boolean isVariable(String key) {
        return origins.isVariable(key);
    }

    /**
     * Returns a value as configured. If a placeholder was resolved in it, returns the text with the placeholder,
     * because the resolved value may be a secret.
     */
    public Object written(String key, Object value) {
        String placeholder = value instanceof String ? origins.placeholder(key) : null;
        return placeholder == null ? value : placeholder;
    }

    /**
     * Creates the exception that reports an invalid value at startup.
     *
     * @param key the key of the value
     * @param rule what the value must be, as in: it must be a number
     */
    public InvalidSettingException wrong(String key, Object value, String rule) {
        return new InvalidSettingException(
                "'" + key + "' = " + MessageText.quoted(written(key, value)) + " (" + origin(key) + "): " + rule
                        + (rule.endsWith("?") ? "" : "."),
                "Correct the value.");
    }

    /** The default settings of all policies. A policy's own budget starts from the default budget. */
    public SettingsLayer policyDefaults() {
        RetrykitProperties.Defaults defaults = properties.defaults();
        return withoutBase(layer(defaults.policy(), "retrykit.defaults.policy"), "retrykit.defaults.policy");
    }

    /** The default settings of all budgets. */
    public SettingsLayer budgetDefaults() {
        return layer(properties.defaults().budget(), "retrykit.defaults.budget");
    }

    /** The default settings of all circuits. */
    public SettingsLayer circuitDefaults() {
        return withoutBase(
                layer(properties.defaults().circuit(), "retrykit.defaults.circuit"), "retrykit.defaults.circuit");
    }

    /** The settings of a policy; null if it is not configured. */
    public @Nullable SettingsLayer policy(String name) {
        return named(policies, name, "retrykit.policies");
    }

    /** The settings of a circuit; null if it is not configured. */
    public @Nullable SettingsLayer circuit(String name) {
        return named(circuits, name, "retrykit.circuits");
    }

    /** The settings of a budget; null if it is not configured. */
    public @Nullable SettingsLayer budget(String name) {
        return named(budgets, name, "retrykit.budgets");
    }

    /** Returns the defaults, which must not have a base: they are themselves the base of every policy or circuit. */
    private static SettingsLayer withoutBase(SettingsLayer defaults, String section) {
        Setting base = defaults.setting(SettingKey.BASE.name());
        if (base != null) {
            throw new InvalidSettingException(
                    "'" + section + ".base' = " + MessageText.quoted(base.value()) + " (" + base.origin()
                            + "): the defaults cannot have a base, because everything else is based on them.",
                    "Move the settings of the base to " + section + ".");
        }
        return defaults;
    }

    private @Nullable SettingsLayer named(Section section, String name, String prefix) {
        Map.Entry<String, ? extends Record> entry = section.bySpelling.get(SpellingMatcher.canonical(name));
        return entry == null ? null : layer(entry.getValue(), prefix + "[" + entry.getKey() + "]");
    }

    private SettingsLayer layer(@Nullable Record written, String prefix) {
        return SettingsLayer.of(written, prefix, origins, key -> origins.of(prefix + "." + key));
    }

    /**
     * The policies, circuits or budgets that are configured by name.
     *
     * @param names one name for each, as configured
     * @param bySpelling the settings of each, by the canonical form of its name
     */
    private record Section(Collection<String> names, Map<String, Map.Entry<String, ? extends Record>> bySpelling) {

        static Section of(Map<String, ? extends Record> all) {
            Map<String, String> names = new LinkedHashMap<>();
            Map<String, Map.Entry<String, ? extends Record>> bySpelling = new HashMap<>();
            for (Map.Entry<String, ? extends Record> entry : all.entrySet()) {
                String canonical = SpellingMatcher.canonical(entry.getKey());
                names.merge(canonical, entry.getKey(), Section::richer);
                bySpelling.putIfAbsent(canonical, entry);
            }
            return new Section(List.copyOf(names.values()), bySpelling);
        }

        /**
         * Prefers the fuller spelling of a name: an environment variable cannot express '-' or capital letters, and
         * must not change the name that a file uses.
         */
        private static String richer(String one, String other) {
            if (one.length() != other.length()) {
                return one.length() > other.length() ? one : other;
            }
            return one.equals(one.toLowerCase(Locale.ROOT)) ? other : one;
        }
    }
}
