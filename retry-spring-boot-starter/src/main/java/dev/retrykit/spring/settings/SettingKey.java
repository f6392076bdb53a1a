package dev.retrykit.spring.settings;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The key of a setting of a policy, a circuit or a budget.
 *
 * @param name the key below its section, such as {@code backoff.max-delay}
 * @param cast casts a value of the setting to its type
 */
public record SettingKey<T>(String name, Function<Object, T> cast) {

    /** The entry whose settings apply unless a policy or circuit overrides them. */
    public static final SettingKey<String> BASE = of("base", String.class);

    /** Creates the key of a single value. */
    public static <T> SettingKey<T> of(String name, Class<T> type) {
        return new SettingKey<>(name, type::cast);
    }

    /** Creates the key of a list. */
    public static <E> SettingKey<List<E>> list(String name, Function<Object, E> castElement) {
        return new SettingKey<>(
                name, value -> ((List<?>) value).stream().map(castElement).toList());
    }

    /** The key of the same setting in a section that contains its own. */
    public SettingKey<T> below(String section) {
        return new SettingKey<>(section + "." + name, cast);
    }

    /** The value of the key; null if it has none. */
    public @Nullable T in(Map<String, Setting> settings) {
        Setting setting = settings.get(name);
        return setting == null ? null : cast.apply(setting.value());
    }

    /** The value of the key, or a default. */
    public T in(Map<String, Setting> settings, T otherwise) {
        T value = in(settings);
        return value == null ? otherwise : value;
    }
}
