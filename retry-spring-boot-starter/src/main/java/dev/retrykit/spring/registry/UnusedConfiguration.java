package dev.retrykit.spring.registry;

import dev.retrykit.spring.registry.UnusedConfigurationFinder.Unused;
import dev.retrykit.spring.settings.MessageText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells at the start of a context what is configured and not used, and which names contexts share. What a parent context is
 * configured with may be used by a child alone, which starts later.
 */
public final class UnusedConfiguration {

    /** Which context starts next, as far as that is known. */
    public enum Next {
        NONE,
        SIBLING,
        CHILD
    }

    /** How many names a warning lists. */
    private static final int MOST_NAMES = 10;

    private final Retries retries;
    private final @Nullable UnusedConfiguration parent;
    private volatile boolean isLeftToChild;
    private volatile List<Unused> told = List.of();

    UnusedConfiguration(Retries retries, @Nullable UnusedConfiguration parent) {
        this.retries = retries;
        this.parent = parent;
    }

    void report(Next next, Consumer<String> warnings, Consumer<String> notes) {
        isLeftToChild = next == Next.CHILD;
        if (next != Next.CHILD) {
            warnOfUnused(warnings);
        }
        for (UnusedConfiguration above = parent; above != null && next == Next.NONE; above = above.parent) {
            if (above.isLeftToChild) {
                above.isLeftToChild = false;
                above.warnOfUnused(warnings);
            }
        }
        for (UnusedConfiguration above = parent; above != null; above = above.parent) {
            above.takeBack(notes);
        }
        warnOfSiblings(warnings);
    }

    /** The context ends, and no child of it has told. */
    void leave(Consumer<String> warnings) {
        if (isLeftToChild) {
            warnOfUnused(warnings);
        }
    }

    private void warnOfSiblings(Consumer<String> warnings) {
        List<String> names = namesOfSiblings();
        if (!names.isEmpty()) {
            String some = String.join(", ", names.subList(0, Math.min(names.size(), MOST_NAMES)));
            warnings.accept("Another child context of the same parent has the same names: " + some
                    + (names.size() > MOST_NAMES ? " and " + (names.size() - MOST_NAMES) + " more" : "")
                    + ". Each of the two contexts has its own, and the parent's endpoint, health and meters show those of"
                    + " the first. Name policies and circuits that the parent is configured with, which children share,"
                    + " or give each context names of its own.");
        }
    }

    private List<String> namesOfSiblings() {
        List<String> names = new ArrayList<>();
        retries.policies.alsoElsewhere().forEach(policy -> names.add("policy " + MessageText.quoted(policy.name())));
        retries.circuits.alsoElsewhere().forEach(circuit -> names.add("circuit " + MessageText.quoted(circuit.name())));
        retries.budgets.alsoElsewhere().stream()
                .filter(BudgetEntry::isShared)
                .forEach(budget -> names.add("budget " + MessageText.quoted(budget.name())));
        return names;
    }

    private List<Unused> unused() {
        return retries.layers().written().isEmpty()
                ? List.of()
                : UnusedConfigurationFinder.unused(
                        retries.layers(), parent == null ? null : parent.retries.layers(), retries);
    }

    private void warnOfUnused(Consumer<String> warnings) {
        told = unused();
        told.forEach(each -> warnings.accept(each.line()));
    }

    /** Of what was told to be unused some may be used now. */
    private void takeBack(Consumer<String> notes) {
        List<String> still = unused().stream().map(Unused::key).toList();
        for (Unused each : told) {
            if (!still.contains(each.key())) {
                notes.accept(
                        each.key() + " is used by a child context: the warning at the start of its parent doesn't hold"
                                + " any more.");
            }
        }
        told = told.stream().filter(each -> still.contains(each.key())).toList();
    }
}
