package dev.retrykit.spring.registry;

import dev.retrykit.spring.settings.EntryKey;
import dev.retrykit.spring.settings.Names;
import dev.retrykit.spring.settings.Texts;
import dev.retrykit.spring.settings.WrittenSettings;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds what is configured and not used. */
final class Usage {

    private Usage() {}

    /**
     * Adds a line for each policy, circuit and budget that nobody uses.
     *
     * @param above what a parent context is configured with, which is its own affair; null if there is none
     */
    static void complain(Layers layers, @Nullable Layers above, Retries retries, List<String> complaints) {
        WrittenSettings written = layers.written();
        WrittenSettings inherited = above == null ? null : above.written();
        complain(
                Layers.POLICIES,
                without(written.policies(), name -> inherited != null && inherited.policy(name) != null),
                retries.policies().stream().filter(PolicyEntry::isUsed).toList(),
                PolicyEntry::name,
                complaints);
        complain(
                Layers.CIRCUITS,
                without(written.circuits(), name -> inherited != null && inherited.circuit(name) != null),
                retries.circuits().stream().filter(CircuitEntry::isUsed).toList(),
                CircuitEntry::name,
                complaints);
        complain(
                Layers.BUDGETS,
                without(written.budgets(), name -> inherited != null && inherited.budget(name) != null),
                retries.policies(),
                policy -> policy.budget().name(),
                complaints);
    }

    private static List<String> without(Collection<String> names, Predicate<String> left) {
        return names.stream().filter(left.negate()).toList();
    }

    /** Adds a line for each configured name that none of the used things bears. */
    private static <T> void complain(
            String section,
            Collection<String> configured,
            Collection<T> used,
            Function<T, String> nameOf,
            List<String> complaints) {
        List<String> names = used.stream().map(nameOf).toList();
        Set<String> spellings = names.stream().map(Names::canonical).collect(Collectors.toSet());
        for (String name : configured) {
            if (!spellings.contains(Names.canonical(name))) {
                complaints.add(new EntryKey(section, name).text()
                        + " is configured, but nothing uses it."
                        + Names.nearest(name, names)
                                .map(near -> " Did you mean " + Texts.quoted(near) + "?")
                                .orElse(""));
            }
        }
    }
}
