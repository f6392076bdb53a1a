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
public record Effective<P>(P policy, Map<String, Setting> settings) {

    /** The same with more settings below a prefix. */
    public Effective<P> with(String prefix, Map<String, Setting> more) {
        Map<String, Setting> all = new LinkedHashMap<>(settings);
        more.forEach((key, setting) -> all.put(prefix + key, setting));
        return new Effective<>(policy, Map.copyOf(all));
    }

    /** The same settings, which mean something else. */
    Effective<P> as(P other) {
        return new Effective<>(other, settings);
    }

    /** Reads each key off the policy; what differs from the defaults without having been written is derived. */
    static <P> Effective<P> of(
            P policy, P defaults, Layer written, Map<String, Function<P, @Nullable Object>> readers) {
        Map<String, Setting> settings = new LinkedHashMap<>();
        readers.forEach((key, reader) -> {
            Object value = reader.apply(policy);
            Setting own = written.setting(key);
            if (own != null) {
                settings.put(key, value == null ? own : new Setting(value, own.origin()));
            } else if (value != null) {
                boolean derived = !value.equals(reader.apply(defaults));
                settings.put(key, new Setting(value, derived ? Setting.DERIVED : Setting.DEFAULT));
            }
        });
        return new Effective<>(policy, Map.copyOf(settings));
    }
}
