package dev.retrykit.spring.registry;

import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.Layer;
import dev.retrykit.spring.settings.Names;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.Texts;
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
record Bases(
        String kind,
        String section,
        Function<String, @Nullable Layer> written,
        Collection<String> names,
        Function<String, Layer> given,
        Merge merge) {

    /** The key that names a base. */
    static final String KEY = "base";

    /** Lays one layer over another. */
    @FunctionalInterface
    interface Merge {
        Layer over(String section, Layer upper, Layer lower);
    }

    /**
     * What is written about an entry, over what is written and was given to its bases.
     *
     * @param own what is written about the entry itself
     * @param newlyGiven what was given to it, which may name another base
     * @throws InvalidSettingException if a base isn't configured, or is built on the entry
     */
    Layer below(String name, Layer own, Layer newlyGiven) {
        return below(name, own, newlyGiven, new ArrayList<>(List.of(name)));
    }

    private Layer below(String name, Layer own, Layer newlyGiven, List<String> path) {
        Setting base = base(own, newlyGiven);
        if (base == null) {
            return own;
        }
        String baseName = name(base);
        String key = Layers.section(section, name) + "." + KEY;
        Layer ofBase = written.apply(baseName);
        if (ofBase == null) {
            throw new InvalidSettingException(
                    "'" + key + "' = " + Texts.quoted(baseName) + " (" + base.origin() + "): there is no such " + kind
                            + " in the configuration. " + Names.suggestion(baseName, others(name)),
                    "Correct the name, or configure " + Layers.section(section, baseName) + ".");
        }
        boolean circle = contains(path, baseName);
        path.add(baseName);
        if (circle) {
            throw new InvalidSettingException(
                    "'" + key + "' = " + Texts.quoted(baseName) + " (" + base.origin() + "): a " + kind
                            + " can't build on itself, but "
                            + path.stream().map(Texts::quoted).collect(Collectors.joining(" builds on ")) + ".",
                    "Remove one of these bases.");
        }
        Layer givenToBase = given.apply(baseName);
        Layer lower =
                merge.over(Layers.section(section, baseName), givenToBase, below(baseName, ofBase, givenToBase, path));
        return merge.over(Layers.section(section, name), own, lower.without(KEY::equals));
    }

    /** Whether an entry builds on another, directly or not. The bases are known to be right. */
    boolean isBuiltOn(String name, Layer newlyGiven, String other) {
        String built = name;
        Layer givenNow = newlyGiven;
        for (int depth = 0; depth <= names.size(); depth++) {
            Layer own = written.apply(built);
            Setting base = base(own == null ? Layer.EMPTY : own, givenNow);
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
        return path.stream().anyMatch(passed -> Names.canonical(passed).equals(Names.canonical(name)));
    }

    /** An empty one is none. */
    private static @Nullable Setting base(Layer own, Layer newlyGiven) {
        Setting base = newlyGiven.over(own).setting(KEY);
        return base == null || name(base).isEmpty() ? null : base;
    }

    private static String name(Setting base) {
        return String.valueOf(base.value()).trim();
    }
}
