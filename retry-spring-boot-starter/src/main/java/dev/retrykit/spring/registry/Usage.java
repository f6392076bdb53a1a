package dev.retrykit.spring.registry;

import dev.retrykit.spring.settings.Names;
import dev.retrykit.spring.settings.Texts;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Finds what is configured and not used. */
final class Usage {

    private static final int LONGEST_NAME = 100;

    private Usage() {}

    /** Adds a line for each configured name that none of the used things bears. */
    static <T> void complain(
            String section,
            Collection<String> configured,
            Collection<T> used,
            Function<T, String> nameOf,
            List<String> complaints) {
        List<String> names = used.stream().map(nameOf).toList();
        Set<String> spellings = names.stream().map(Names::canonical).collect(Collectors.toSet());
        for (String name : configured) {
            if (!spellings.contains(Names.canonical(name))) {
                complaints.add(section + "." + Texts.line(name.contains(".") ? "[" + name + "]" : name, LONGEST_NAME)
                        + " is configured, but nothing uses it."
                        + Names.nearest(name, names)
                                .map(near -> " Did you mean " + Texts.quoted(near) + "?")
                                .orElse(""));
            }
        }
    }
}
