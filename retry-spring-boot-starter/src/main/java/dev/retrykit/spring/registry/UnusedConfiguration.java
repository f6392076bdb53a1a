package dev.retrykit.spring.registry;

import dev.retrykit.spring.registry.UnusedConfigurationFinder.Unused;
import dev.retrykit.spring.settings.MessageText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reports unused configuration, and names that contexts share, when a context starts. A policy that is configured in a
 * parent context may be used only by a child, which starts later.
 */
public final class UnusedConfiguration {

    /** The context that starts next, as far as it is known. */
    public enum Next {
        NONE,
        SIBLING,
        CHILD
    }

    /** The maximum number of names in a warning. */
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

    /** Reports when the context closes, if no child context has reported. */
    void leave(Consumer<String> warnings) {
        if (isLeftToChild) {
            warnOfUnused(warnings);
        }
    }

    private void warnOfSiblings(Consumer<String> warnings) {
        List<String> names = namesOfSiblings();
        if (!names.isEmpty()) {
            String some = String.join(", ", names.subList(0, Math.min(names.size(), MOST_NAMES)));
            warnings.accept("Another child context of the same parent uses the same names: " + some
                    + (names.size() > MOST_NAMES ? " and " + (names.size() - MOST_NAMES) + " more" : "")
                    + ". Each of the two contexts has separate instances, but the parent's endpoint, health and meters"
                    + " show only those of the first. Configure them in the parent context, so that its children share"
                    + " them, or use different names in each context.");
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

    /** Reverts warnings about configuration that is used by now. */
    private void takeBack(Consumer<String> notes) {
        List<String> still = unused().stream().map(Unused::key).toList();
        for (Unused each : told) {
            if (!still.contains(each.key())) {
                notes.accept(
                        each.key() + " is used by a child context. Ignore the warning at the startup of its parent.");
            }
        }
        told = told.stream().filter(each -> still.contains(each.key())).toList();
    }
}
