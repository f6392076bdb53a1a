package dev.retrykit.spring.settings;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Settings as they hold, and where each of them came from.
 *
 * @param policy the settings as the engine takes them
 * @param settings the same by key
 */
public record Resolved<P>(P policy, Map<String, Setting> settings) {

    /** The same with more settings below a prefix. */
    public Resolved<P> with(String prefix, Map<String, Setting> more) {
        Map<String, Setting> all = new LinkedHashMap<>(settings);
        more.forEach((key, setting) -> all.put(prefix + key, setting));
        return new Resolved<>(policy, Map.copyOf(all));
    }

    /** The same settings, which mean something else. */
    Resolved<P> as(P other) {
        return new Resolved<>(other, settings);
    }

    /** Where nobody but the library and what is written has a say. */
    static <P> Resolved<P> of(
            P policy, P defaults, SettingsLayer written, Map<String, Function<P, @Nullable Object>> readers) {
        return of(policy, defaults, defaults, written, readers);
    }

    /**
     * Reads each key off the policy. What differs from the defaults without having been written is a customizer's, or has
     * given way to something written.
     *
     * @param base what customizers have made of the defaults
     */
    static <P> Resolved<P> of(
            P policy, P defaults, P base, SettingsLayer written, Map<String, Function<P, @Nullable Object>> readers) {
        Map<String, Setting> settings = new LinkedHashMap<>();
        readers.forEach((key, reader) -> {
            Object value = reader.apply(policy);
            Setting own = written.setting(key);
            if (own != null) {
                settings.put(key, value == null ? own : new Setting(value, own.origin()));
            } else if (value != null) {
                boolean given = value.equals(reader.apply(defaults));
                boolean customized = !given && value.equals(reader.apply(base));
                String origin = given ? Setting.DEFAULT : customized ? Setting.CUSTOMIZER : Setting.DERIVED;
                settings.put(key, new Setting(value, origin));
            }
        });
        return new Resolved<>(policy, Map.copyOf(settings));
    }
}
