package dev.retrykit.spring.settings.resolution;

import dev.retrykit.spring.settings.SettingKey;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a policy, a circuit, a budget or key limits. A row consists of the key, the builder method that takes
 * the configured value, the accessor that returns the effective value, and the engine's names of the setting, unless
 * its name is the key in camel case.
 *
 * @param <P> the policy
 * @param <B> its builder
 */
final class SettingsTable<P, B> {

    private static final Pattern WORD_START = Pattern.compile("[.-]([a-z])");

    private final List<Row<P, B>> rows = new ArrayList<>();
    private final Map<String, String> keys = new HashMap<>();

    /**
     * One setting.
     *
     * @param take passes the configured value to the builder
     * @param show returns the effective value; null to show the configured value
     */
    record Row<P, B>(String key, BiConsumer<SettingsLayer, B> take, Function<P, @Nullable Object> show) {}

    private SettingsTable<P, B> add(Row<P, B> row, String... engineNames) {
        rows.add(row);
        String camelCase =
                WORD_START.matcher(row.key).replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
        return named(row.key, engineNames).named(row.key, camelCase);
    }

    /** Adds a setting that the builder takes and the policy returns. */
    <T> SettingsTable<P, B> row(
            SettingKey<T> key, BiConsumer<B, T> take, Function<P, @Nullable Object> show, String... engineNames) {
        BiConsumer<SettingsLayer, B> takeConfigured = (written, builder) -> {
            T value = written.value(key);
            if (value != null) {
                take.accept(builder, value);
            }
        };
        return add(new Row<>(key.name(), takeConfigured, show), engineNames);
    }

    /** Adds a setting that the builder takes and the policy does not return. */
    <T> SettingsTable<P, B> taken(SettingKey<T> key, BiConsumer<B, T> take) {
        return row(key, take, policy -> null);
    }

    /** Adds a setting that the policy returns, and that the factory passes to the builder. */
    SettingsTable<P, B> shown(SettingKey<?> key, Function<P, @Nullable Object> show, String... engineNames) {
        return add(new Row<>(key.name(), (written, builder) -> {}, show), engineNames);
    }

    /** Adds a setting that neither the builder nor the policy has. */
    SettingsTable<P, B> other(SettingKey<?> key) {
        return shown(key, policy -> null);
    }

    /** Adds names by which the engine rejects a setting, with the key that messages show instead. */
    SettingsTable<P, B> named(String key, String... engineNames) {
        for (String name : engineNames) {
            keys.put(name, key);
        }
        return this;
    }

    /** All rows. */
    List<Row<P, B>> rows() {
        return rows;
    }

    /** The user's key for the engine's name of a setting. */
    String key(String engineName) {
        return keys.getOrDefault(engineName, engineName);
    }

    /** Passes all configured values to the builder. */
    B take(SettingsLayer written, B builder) {
        rows.forEach(row -> row.take.accept(written, builder));
        return builder;
    }
}
