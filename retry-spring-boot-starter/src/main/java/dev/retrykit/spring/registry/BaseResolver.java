package dev.retrykit.spring.registry;

import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.SettingsLayer;
import dev.retrykit.spring.settings.SpellingMatcher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the settings of entries that build on others.
 *
 * @param kind what the entries are, for messages
 * @param section the key that they stand below
 * @param written what is written about a name; null if it isn't configured
 * @param names all that are configured
 * @param given what was given to a name while the application runs
 * @param merge lays one layer of an entry over another
 */
record BaseResolver(
        String kind,
        String section,
        Function<String, @Nullable SettingsLayer> written,
        Collection<String> names,
        Function<String, SettingsLayer> given,
        Merge merge) {

    /** The key that names a base. */
    static final String KEY = "base";

    /** Lays one layer over another. */
    @FunctionalInterface
    interface Merge {
        SettingsLayer over(String section, SettingsLayer upper, SettingsLayer lower);
    }

    /**
     * What is written about an entry, over what is written and was given to its bases.
     *
     * @param own what is written about the entry itself
     * @param newlyGiven what was given to it, which may name another base
     * @throws InvalidSettingException if a base isn't configured, or is built on the entry
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
                    "'" + key + "' = " + MessageText.quoted(baseName) + " (" + base.origin() + "): there is no such "
                            + kind + " in the configuration. " + SpellingMatcher.suggestion(baseName, others(name)),
                    "Correct the name, or configure " + SettingsResolver.section(section, baseName) + ".");
        }
        boolean circle = contains(path, baseName);
        path.add(baseName);
        if (circle) {
            throw new InvalidSettingException(
                    "'" + key + "' = " + MessageText.quoted(baseName) + " (" + base.origin() + "): a " + kind
                            + " can't build on itself, but "
                            + path.stream().map(MessageText::quoted).collect(Collectors.joining(" builds on ")) + ".",
                    "Remove one of these bases.");
        }
        SettingsLayer givenToBase = given.apply(baseName);
        SettingsLayer lower = merge.over(
                SettingsResolver.section(section, baseName), givenToBase, below(baseName, ofBase, givenToBase, path));
        return merge.over(SettingsResolver.section(section, name), own, lower.without(KEY::equals));
    }

    /** Whether an entry builds on another, directly or not. The bases are known to be right. */
    boolean isBuiltOn(String name, SettingsLayer newlyGiven, String other) {
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

    /** An empty one is none. */
    private static @Nullable Setting base(SettingsLayer own, SettingsLayer newlyGiven) {
        Setting base = newlyGiven.over(own).setting(KEY);
        return base == null || name(base).isEmpty() ? null : base;
    }

    private static String name(Setting base) {
        return String.valueOf(base.value()).trim();
    }
}
