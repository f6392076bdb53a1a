package dev.retrykit.spring.settings.resolution;

import dev.retrykit.failure.InvalidPolicyException;
import dev.retrykit.spring.settings.Durations;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Describes a policy that the engine rejects, with the user's keys, values and origins. */
final class RejectedSettings {

    private static final int LONGEST = 500;

    private RejectedSettings() {}

    /**
     * Builds a policy and translates the exception if that fails.
     *
     * @param section the key of the policy, circuit or budget, such as {@code retrykit.policies.inventory}
     * @param configured the configured settings
     * @param table maps the engine's names of settings to the user's keys
     * @throws InvalidSettingException if the engine rejects the settings
     */
    static <T> T translated(String section, SettingsLayer configured, SettingsTable<?, ?> table, Supplier<T> build) {
        try {
            return build.get();
        } catch (InvalidPolicyException rejected) {
            throw translated(section, configured, table, rejected);
        } catch (IllegalArgumentException failed) { // of a customizer
            InvalidSettingException translated = new InvalidSettingException(
                    "Invalid settings for " + section + ": "
                            + MessageText.line(String.valueOf(failed.getMessage()), LONGEST) + ".",
                    "Change the settings, or the customizer bean that failed.");
            translated.initCause(failed);
            throw translated;
        }
    }

    private static InvalidSettingException translated(
            String section, SettingsLayer configured, SettingsTable<?, ?> table, InvalidPolicyException rejected) {
        String key = table.key(rejected.setting());
        Optional<String> other = rejected.otherSetting().map(table::key);
        String description = "Invalid settings for " + section + ": " + key + " " + rejected.rule()
                + other.map(name -> " " + name + ", " + text(rejected.otherValue()))
                        .orElse("") + ", but was "
                + text(rejected.value()) + ".";
        Map<String, String> lines = Stream.concat(Stream.of(key), other.stream())
                .filter(name -> configured.setting(name) != null)
                .collect(Collectors.toMap(
                        name -> name,
                        name -> line(section, configured, name),
                        (first, same) -> first,
                        LinkedHashMap::new));
        return new InvalidSettingException(
                description + (lines.isEmpty() ? "" : "\n" + String.join("", lines.values())),
                lines.size() > 1 ? "Change one of these values." : "Change the value.");
    }

    private static String line(String section, SettingsLayer configured, String key) {
        Setting setting = Objects.requireNonNull(configured.setting(key));
        return "\n    " + section + "." + key + " = " + MessageText.of(setting.value()) + " (" + setting.origin() + ")";
    }

    private static String text(Optional<Object> value) {
        Object known = value.orElse("unknown");
        return known instanceof Duration duration ? Durations.text(duration) : String.valueOf(known);
    }
}
