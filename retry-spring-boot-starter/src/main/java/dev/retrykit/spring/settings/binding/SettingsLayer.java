package dev.retrykit.spring.settings.binding;

import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.SettingKey;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a policy, a circuit or a budget from one source: values by key, such as {@code backoff.max-delay}.
 * When layers are merged, the upper one wins key by key.
 */
public final class SettingsLayer {

    /** A layer without settings. */
    public static final SettingsLayer EMPTY = new SettingsLayer(Map.of());

    private final Map<String, Setting> settings;

    private SettingsLayer(Map<String, Setting> settings) {
        this.settings = settings;
    }

    /** Creates a layer of values with one origin; null values are ignored. */
    public static SettingsLayer of(Map<String, ? extends @Nullable Object> values, String origin) {
        Map<String, Setting> settings = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            if (value != null) {
                settings.put(key, new Setting(value, origin));
            }
        });
        return new SettingsLayer(settings);
    }

    /** Creates a layer of all non-null components of a settings record, including nested records. */
    static SettingsLayer of(@Nullable Record written, Function<String, String> originOfKey) {
        Map<String, Setting> settings = new LinkedHashMap<>();
        if (written != null) {
            flatten(written, "", settings, originOfKey);
        }
        return new SettingsLayer(settings);
    }

    /** Creates a layer of a settings record, including the settings that an empty value switches off. */
    static SettingsLayer of(
            @Nullable Record written, String prefix, OriginTracker origins, Function<String, String> originOfKey) {
        Map<String, Setting> settings = new LinkedHashMap<>(of(written, originOfKey).settings);
        LenientConversion.SWITCHES.forEach((key, off) -> {
            if (origins.isSwitchedOff(prefix + "." + key)) {
                settings.put(key, new Setting(off, originOfKey.apply(key)));
            }
        });
        settings.forEach((key, setting) -> checkElements(prefix + "." + key, setting));
        settings.replaceAll((key, setting) -> origins.placeholder(prefix + "." + key) == null
                ? setting
                : new Setting(setting.value(), setting.origin(), true));
        return new SettingsLayer(settings);
    }

    /** Rejects a list with an empty element, such as one that ends in a comma. */
    private static void checkElements(String key, Setting setting) {
        if (setting.value() instanceof List<?> list && list.stream().anyMatch(Objects::isNull)) {
            throw new InvalidSettingException(
                    MessageText.quoted(key) + " (" + setting.origin() + ") is invalid: the list has an empty element.",
                    "Remove the extra comma.");
        }
    }

    /** Merges this layer over another. */
    public SettingsLayer over(SettingsLayer lower) {
        Map<String, Setting> merged = new LinkedHashMap<>(lower.settings);
        merged.putAll(settings);
        return new SettingsLayer(merged);
    }

    /**
     * Returns this layer with some keys updated.
     *
     * @param further the new values
     * @param keys all updated keys, in any spelling; a key without a new value is removed, with all keys below it
     */
    public SettingsLayer updated(SettingsLayer further, Collection<String> keys) {
        Set<String> named = keys.stream().map(SpellingMatcher::canonical).collect(Collectors.toSet());
        return further.over(without(key -> named.stream().anyMatch(name -> isAtOrBelow(name, key))));
    }

    /** Whether the layer has a value for a key, or for one below it, in any spelling. */
    boolean has(String key) {
        return settings.keySet().stream().anyMatch(setting -> isAtOrBelow(SpellingMatcher.canonical(key), setting));
    }

    private static boolean isAtOrBelow(String canonical, String key) {
        return (SpellingMatcher.canonical(key) + ".").startsWith(canonical + ".");
    }

    /** Returns a copy without some keys. */
    public SettingsLayer without(Predicate<String> left) {
        Map<String, Setting> kept = new LinkedHashMap<>(settings);
        kept.keySet().removeIf(left);
        return new SettingsLayer(kept);
    }

    /** The settings below a prefix, by the rest of their keys. */
    public SettingsLayer below(String prefix) {
        Map<String, Setting> part = new LinkedHashMap<>();
        settings.forEach((key, setting) -> {
            if (key.startsWith(prefix + ".")) {
                part.put(key.substring(prefix.length() + 1), setting);
            }
        });
        return new SettingsLayer(part);
    }

    /** The setting of a key; null if it has none. */
    public @Nullable Setting setting(String key) {
        return settings.get(key);
    }

    /** The value of a key; null if it has none. */
    public <T> @Nullable T value(SettingKey<T> key) {
        return key.in(settings);
    }

    /** The value of a key, or a default. */
    public <T> T value(SettingKey<T> key, T otherwise) {
        return key.in(settings, otherwise);
    }

    /** Whether another layer has the same values for the same keys, regardless of their origins. */
    public boolean saysTheSameAs(SettingsLayer other) {
        return settings.keySet().equals(other.settings.keySet())
                && settings.entrySet().stream()
                        .allMatch(entry -> entry.getValue()
                                .value()
                                .equals(Objects.requireNonNull(other.settings.get(entry.getKey()))
                                        .value()));
    }

    /** All settings by key. */
    public Map<String, Setting> settings() {
        return settings;
    }

    private static void flatten(
            Record written, String prefix, Map<String, Setting> into, Function<String, String> originOfKey) {
        for (RecordComponent component : written.getClass().getRecordComponents()) {
            Object value = read(component, written);
            String key = prefix + SpellingMatcher.kebab(component.getName());
            if (value instanceof Record nested) {
                flatten(nested, key + ".", into, originOfKey);
            } else if (value != null) {
                into.put(key, new Setting(LenientConversion.switchedOff(key, value), originOfKey.apply(key)));
            }
        }
    }

    private static @Nullable Object read(RecordComponent component, Record written) {
        try {
            return component.getAccessor().invoke(written);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("record component " + component, impossible);
        }
    }
}
