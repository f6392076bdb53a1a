package dev.retrykit.spring.registry;

import dev.retrykit.spring.registry.layers.BaseResolver;
import dev.retrykit.spring.registry.layers.SettingsResolver;
import dev.retrykit.spring.settings.EntryKey;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import dev.retrykit.spring.settings.binding.SpellingMatcher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds configured policies, circuits and budgets that are not used. */
final class UnusedConfigurationFinder {

    private UnusedConfigurationFinder() {}

    /**
     * An unused policy, circuit or budget.
     *
     * @param meant the used name that may be meant; empty if none is similar
     */
    record Unused(String key, Optional<String> meant) {

        String line() {
            return key + " is configured, but nothing uses it."
                    + meant.map(near -> " Did you mean " + MessageText.quoted(near) + "?")
                            .orElse("");
        }
    }

    /**
     * Finds each policy, circuit and budget that is not used.
     *
     * @param above the configuration of the parent context, which reports its own entries; null if there is none
     */
    static List<Unused> unused(SettingsResolver layers, @Nullable SettingsResolver above, Retries retries) {
        List<Unused> unused = new ArrayList<>();
        ConfiguredSettings written = layers.written();
        ConfiguredSettings inherited = above == null ? null : above.written();
        add(
                SettingsResolver.POLICIES,
                without(written.policies(), name -> inherited != null && inherited.policy(name) != null),
                together(
                        retries.policies().stream().filter(PolicyEntry::isUsed).map(PolicyEntry::name),
                        bases(written.policies(), written::policy)),
                unused);
        add(
                SettingsResolver.CIRCUITS,
                without(written.circuits(), name -> inherited != null && inherited.circuit(name) != null),
                together(
                        retries.circuits().stream().filter(CircuitEntry::isUsed).map(CircuitEntry::name),
                        bases(written.circuits(), written::circuit)),
                unused);
        add(
                SettingsResolver.BUDGETS,
                without(written.budgets(), name -> inherited != null && inherited.budget(name) != null),
                retries.policies().stream()
                        .map(policy -> policy.budget().name())
                        .toList(),
                unused);
        return unused;
    }

    private static List<String> together(Stream<String> used, Stream<String> bases) {
        return Stream.concat(used, bases).toList();
    }

    /** The names of bases, which need no other use. */
    private static Stream<String> bases(Collection<String> names, Function<String, @Nullable SettingsLayer> written) {
        return names.stream()
                .map(written)
                .map(layer -> layer == null ? null : layer.setting(BaseResolver.KEY))
                .filter(base -> base != null)
                .map(base -> String.valueOf(base.value()).trim());
    }

    private static List<String> without(Collection<String> names, Predicate<String> left) {
        return names.stream().filter(left.negate()).toList();
    }

    /** Adds each configured name that is not among the used names. */
    private static void add(String section, Collection<String> configured, List<String> names, List<Unused> unused) {
        Set<String> spellings = names.stream().map(SpellingMatcher::canonical).collect(Collectors.toSet());
        for (String name : configured) {
            if (!spellings.contains(SpellingMatcher.canonical(name))) {
                unused.add(new Unused(new EntryKey(section, name).text(), SpellingMatcher.nearest(name, names)));
            }
        }
    }
}
