package dev.retrykit.spring.settings;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is written under {@code retrykit.*}, as layers. */
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

    /** The names of all configured policies, as they are written. */
    public Collection<String> policies() {
        return policies.names;
    }

    /** The names of all configured circuits, as they are written. */
    public Collection<String> circuits() {
        return circuits.names;
    }

    /** The names of all configured budgets, as they are written. */
    public Collection<String> budgets() {
        return budgets.names;
    }

    /** Whether no policy, circuit or budget is configured. */
    public boolean isEmpty() {
        return properties.policies().isEmpty()
                && properties.circuits().isEmpty()
                && properties.budgets().isEmpty();
    }

    /** The application's own lines of the failure book, by class. */
    Map<String, String> failures() {
        return SplitLines.joined(properties.failures());
    }

    /** What is written about HTTP. */
    public HttpSettings http() {
        return properties.http();
    }

    /** What is written about idempotent methods. */
    public IdempotencySettings idempotency() {
        return properties.idempotency();
    }

    /** Where a key came from, for messages. */
    public String origin(String key) {
        return origins.of(key);
    }

    /** Whether a key's value is that of an environment variable, which can't express every name. */
    boolean isVariable(String key) {
        return origins.isVariable(key);
    }

    /** What is written for a key: of a text with a placeholder not what was filled in, which may be somebody's secret. */
    public Object written(String key, Object value) {
        String placeholder = value instanceof String ? origins.placeholder(key) : null;
        return placeholder == null ? value : placeholder;
    }

    /**
     * What stops the start for a value.
     *
     * @param key its key
     * @param rule what it must be, as in: it must be a number
     */
    public InvalidSettingException wrong(String key, Object value, String rule) {
        return new InvalidSettingException(
                "'" + key + "' = " + MessageText.quoted(written(key, value)) + " (" + origin(key) + "): " + rule
                        + (rule.endsWith("?") ? "" : "."),
                "Correct the value.");
    }

    /** What holds for every policy; a policy's own budget starts from the default budget. */
    public SettingsLayer policyDefaults() {
        RetrykitProperties.Defaults defaults = properties.defaults();
        return withoutBase(layer(defaults.policy(), "retrykit.defaults.policy"), "retrykit.defaults.policy");
    }

    /** What holds for every budget. */
    public SettingsLayer budgetDefaults() {
        return layer(properties.defaults().budget(), "retrykit.defaults.budget");
    }

    /** What holds for every circuit. */
    public SettingsLayer circuitDefaults() {
        return withoutBase(
                layer(properties.defaults().circuit(), "retrykit.defaults.circuit"), "retrykit.defaults.circuit");
    }

    /** What is written about a policy; null if it isn't configured. */
    public @Nullable SettingsLayer policy(String name) {
        return named(policies, name, "retrykit.policies");
    }

    /** What is written about a circuit; null if it isn't configured. */
    public @Nullable SettingsLayer circuit(String name) {
        return named(circuits, name, "retrykit.circuits");
    }

    /** What is written about a budget; null if it isn't configured. */
    public @Nullable SettingsLayer budget(String name) {
        return named(budgets, name, "retrykit.budgets");
    }

    /** All but budgets can build on each other, and the defaults come before all of them. */
    private static SettingsLayer withoutBase(SettingsLayer defaults, String section) {
        Setting base = defaults.setting("base");
        if (base != null) {
            throw new InvalidSettingException(
                    "'" + section + ".base' = " + MessageText.quoted(base.value()) + " (" + base.origin()
                            + "): the defaults can't build on anything, since everything builds on them.",
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
     * What is configured by name.
     *
     * @param names one for each, as it is written
     * @param bySpelling what is written about each, by what all spellings of its name have in common
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

        /** A variable can't say '-' or capitals, and must not rename what a file calls by its full name. */
        private static String richer(String one, String other) {
            if (one.length() != other.length()) {
                return one.length() > other.length() ? one : other;
            }
            return one.equals(one.toLowerCase(Locale.ROOT)) ? other : one;
        }
    }
}
