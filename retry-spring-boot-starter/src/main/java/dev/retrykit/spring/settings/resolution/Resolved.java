package dev.retrykit.spring.settings.resolution;

import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A policy with the effective settings and their origins.
 *
 * @param value the settings as the engine uses them
 * @param settings the same settings by key
 */
public record Resolved<P>(P value, Map<String, Setting> settings) {

    /** Returns a copy with more settings, under a prefix. */
    public Resolved<P> with(String prefix, Map<String, Setting> more) {
        Map<String, Setting> all = new LinkedHashMap<>(settings);
        more.forEach((key, setting) -> all.put(prefix + key, setting));
        return new Resolved<>(value, Map.copyOf(all));
    }

    /** Returns the same settings for another policy. */
    Resolved<P> as(P other) {
        return new Resolved<>(other, settings);
    }

    /** Resolves settings without a customizer: each is either a library default or configured. */
    static <P> Resolved<P> of(P policy, P defaults, SettingsLayer written, SettingsTable<P, ?> table) {
        return of(policy, defaults, defaults, written, table);
    }

    /**
     * Reads the effective value of each setting from the policy. A value that differs from the library default, but is not
     * configured, was set by a customizer or adjusted to a configured value.
     *
     * @param base the defaults after customizers have changed them
     */
    static <P> Resolved<P> of(P policy, P defaults, P base, SettingsLayer written, SettingsTable<P, ?> table) {
        Map<String, Setting> settings = new LinkedHashMap<>();
        for (SettingsTable.Row<P, ?> row : table.rows()) {
            Object value = row.show().apply(policy);
            Setting own = written.setting(row.key());
            if (own != null) {
                settings.put(row.key(), value == null ? own : new Setting(value, own.origin()));
            } else if (value != null) {
                boolean isDefault = value.equals(row.show().apply(defaults));
                boolean customized = !isDefault && value.equals(row.show().apply(base));
                String origin = isDefault ? Setting.DEFAULT : customized ? Setting.CUSTOMIZER : Setting.DERIVED;
                settings.put(row.key(), new Setting(value, origin));
            }
        }
        return new Resolved<>(policy, Map.copyOf(settings));
    }
}
