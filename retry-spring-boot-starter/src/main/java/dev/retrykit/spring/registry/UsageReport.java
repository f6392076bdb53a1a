package dev.retrykit.spring.registry;

import dev.retrykit.spring.registry.Usage.Unused;
import dev.retrykit.spring.settings.Texts;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells at the start of a context what is configured and not used. What a parent context is configured with may be used by
 * a child alone, which starts later.
 */
public final class UsageReport {

    /** Which context starts next, as far as that is known. */
    public enum Next {
        NONE,
        SIBLING,
        CHILD
    }

    private final Retries retries;
    private final @Nullable UsageReport parent;
    private volatile boolean isLeftToChild;
    private volatile List<Unused> told = List.of();

    UsageReport(Retries retries, @Nullable UsageReport parent) {
        this.retries = retries;
        this.parent = parent;
    }

    /** Lines for what this context is configured with and nobody has used yet, each with the name that was meant perhaps. */
    public List<String> unused() {
        return unusedNames().stream().map(Unused::line).toList();
    }

    /** Lines for what nothing uses: of this context, and of its parents that have left it to their last child. */
    public List<String> unused(Next next) {
        isLeftToChild = next == Next.CHILD;
        List<String> lines = new ArrayList<>();
        if (next != Next.CHILD) {
            addUnused(lines);
        }
        for (UsageReport above = parent; above != null && next == Next.NONE; above = above.parent) {
            if (above.isLeftToChild) {
                above.isLeftToChild = false;
                above.addUnused(lines);
            }
        }
        return lines;
    }

    /** Which policies, circuits and budgets have a name that one of another child context has. */
    public List<String> namesOfSiblings() {
        List<String> names = new ArrayList<>();
        retries.policies.alsoElsewhere().forEach(policy -> names.add("policy " + Texts.quoted(policy.name())));
        retries.circuits.alsoElsewhere().forEach(circuit -> names.add("circuit " + Texts.quoted(circuit.name())));
        retries.budgets.alsoElsewhere().stream()
                .filter(BudgetEntry::isShared)
                .forEach(budget -> names.add("budget " + Texts.quoted(budget.name())));
        return names;
    }

    List<Unused> unusedNames() {
        return retries.layers().written().isEmpty()
                ? List.of()
                : Usage.unused(retries.layers(), parent == null ? null : parent.retries.layers(), retries);
    }

    private void addUnused(List<String> lines) {
        told = unusedNames();
        told.forEach(unused -> lines.add(unused.line()));
    }

    /** Lines for what parents have told to be unused, and what is used now. */
    public List<String> usedAfterAll() {
        List<String> lines = new ArrayList<>();
        for (UsageReport above = parent; above != null; above = above.parent) {
            List<String> still = above.unusedNames().stream().map(Unused::key).toList();
            for (Unused unused : above.told) {
                if (!still.contains(unused.key())) {
                    lines.add(unused.key() + " is used by a child context: the warning at the start of its parent"
                            + " doesn't hold any more.");
                }
            }
            above.told = above.told.stream()
                    .filter(unused -> still.contains(unused.key()))
                    .toList();
        }
        return lines;
    }
}
