package dev.retrykit.spring.registry.layers;

import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.SettingKey;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import dev.retrykit.spring.settings.binding.SpellingMatcher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the settings of entries that have a base.
 *
 * @param kind what the entries are, for messages
 * @param section the parent key of the entries
 * @param written returns the configured settings of a name; null if it is not configured
 * @param names all configured names
 * @param given returns the settings of a name that were changed at run time
 * @param merge merges one layer of an entry over another
 */
public record BaseResolver(
        String kind,
        String section,
        Function<String, @Nullable SettingsLayer> written,
        Collection<String> names,
        Function<String, SettingsLayer> given,
        Merge merge) {

    /** The key that names the base of an entry. */
    public static final String KEY = SettingKey.BASE.name();

    /** Merges one layer over another. */
    @FunctionalInterface
    public interface Merge {
        SettingsLayer over(String section, SettingsLayer upper, SettingsLayer lower);
    }

    /**
     * Merges the settings of an entry over those of its bases, including the ones changed at run time.
     *
     * @param own the configured settings of the entry itself
     * @param newlyGiven the entry's settings changed at run time, which may name another base
     * @throws InvalidSettingException if a base is not configured, or the bases form a cycle
     */
    SettingsLayer below(String name, SettingsLayer own, SettingsLayer newlyGiven) {
        return below(name, own, newlyGiven, new ArrayList<>(List.of(name)));
    }

    private SettingsLayer below(String name, SettingsLayer own, SettingsLayer newlyGiven, List<String> path) {
        Setting base = base(own, newlyGiven);
        if (base == null) {
            return own;
        }
        String baseName = name(base);
        String key = SettingsResolver.section(section, name) + "." + KEY;
        SettingsLayer ofBase = written.apply(baseName);
        if (ofBase == null) {
            throw new InvalidSettingException(
                    "'" + key + "' = " + MessageText.quoted(baseName) + " (" + base.origin() + "): this " + kind
                            + " is not configured. " + SpellingMatcher.suggestion(baseName, others(name)),
                    "Correct the name, or configure " + SettingsResolver.section(section, baseName) + ".");
        }
        boolean circle = contains(path, baseName);
        path.add(baseName);
        if (circle) {
            throw new InvalidSettingException(
                    "'" + key + "' = " + MessageText.quoted(baseName) + " (" + base.origin() + "): a " + kind
                            + " cannot be based on itself, but " + MessageText.quoted(path.get(0)) + " is based on "
                            + path.stream()
                                    .skip(1)
                                    .map(MessageText::quoted)
                                    .collect(Collectors.joining(", which is based on "))
                            + ".",
                    "Remove one of these bases.");
        }
        SettingsLayer givenToBase = given.apply(baseName);
        SettingsLayer lower = merge.over(
                SettingsResolver.section(section, baseName), givenToBase, below(baseName, ofBase, givenToBase, path));
        return merge.over(SettingsResolver.section(section, name), own, lower.without(KEY::equals));
    }

    /** Whether an entry is based on another, directly or indirectly. The bases must be valid. */
    public boolean isBuiltOn(String name, SettingsLayer newlyGiven, String other) {
        String built = name;
        SettingsLayer givenNow = newlyGiven;
        for (int depth = 0; depth <= names.size(); depth++) {
            SettingsLayer own = written.apply(built);
            Setting base = base(own == null ? SettingsLayer.EMPTY : own, givenNow);
            if (base == null) {
                return false;
            }
            built = name(base);
            if (contains(List.of(other), built)) {
                return true;
            }
            givenNow = given.apply(built);
        }
        return false;
    }

    private List<String> others(String name) {
        return names.stream().filter(other -> !contains(List.of(name), other)).toList();
    }

    private static boolean contains(List<String> path, String name) {
        return path.stream()
                .anyMatch(passed -> SpellingMatcher.canonical(passed).equals(SpellingMatcher.canonical(name)));
    }

    /** The base of an entry; null if it has none, or an empty one. */
    private static @Nullable Setting base(SettingsLayer own, SettingsLayer newlyGiven) {
        Setting base = newlyGiven.over(own).setting(KEY);
        return base == null || name(base).isEmpty() ? null : base;
    }

    private static String name(Setting base) {
        return String.valueOf(base.value()).trim();
    }
}
