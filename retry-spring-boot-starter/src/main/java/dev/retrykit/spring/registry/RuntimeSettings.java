package dev.retrykit.spring.registry;

import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.spring.registry.layers.ResolvedCircuit;
import dev.retrykit.spring.registry.layers.ResolvedPolicy;
import dev.retrykit.spring.registry.layers.SettingsResolver;
import dev.retrykit.spring.settings.BudgetSettings;
import dev.retrykit.spring.settings.CircuitSettings;
import dev.retrykit.spring.settings.EntryKey;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.PolicySettings;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
import dev.retrykit.spring.settings.binding.SettingsBinder;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import dev.retrykit.spring.settings.resolution.Resolved;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Changes settings at run time, one change at a time. State, counters and budgets are kept; running calls end with the
 * settings that they started with. An invalid change has no effect.
 */
public final class RuntimeSettings {

    /** The owner of entries whose settings change, for messages. */
    static final String RUNNING = "The running application";

    private final Retries retries;

    RuntimeSettings(Retries retries) {
        this.retries = retries;
    }

    /**
     * Changes settings of a policy. They override all configuration until the application stops.
     *
     * @param given values by key, in any spelling; null clears a value that was set before
     * @param by who changes them, shown as their origin
     * @return the differences, such as {@code max-attempts 3 -> 2}
     * @throws InvalidSettingException if a key is unknown, a value is invalid, or settings contradict each other
     */
    public synchronized List<String> give(PolicyEntry policy, Map<String, @Nullable String> given, String by) {
        SettingsLayer all = updated(
                policy.given(),
                PolicySettings.class,
                new EntryKey(SettingsResolver.POLICIES, policy.name()),
                given,
                by);
        List<Change> changes = new ArrayList<>();
        for (PolicyEntry other : retries.policies()) {
            SettingsResolver layers = retries.layersOf(other);
            layers = layers.with(layers.given().toPolicy(policy.name(), all));
            if (other == policy) {
                changes.add(0, change(policy, policy.resolvedUnder(layers, all), all));
            } else if (layers.policyBases().isBuiltOn(other.name(), other.given(), policy.name())) {
                changes.add(change(other, other.resolvedUnder(layers, other.given()), other.given()));
            }
        }
        return changed(changes);
    }

    /** Changes settings of a circuit. They override all configuration until the application stops. */
    public synchronized List<String> give(CircuitEntry circuit, Map<String, @Nullable String> given, String by) {
        SettingsLayer all = updated(
                circuit.given(),
                CircuitSettings.class,
                new EntryKey(SettingsResolver.CIRCUITS, circuit.name()),
                given,
                by);
        List<Change> changes = new ArrayList<>();
        for (CircuitEntry other : retries.circuits()) {
            SettingsResolver layers = retries.layersOf(other);
            layers = layers.with(layers.given().toCircuit(circuit.name(), all));
            if (other == circuit) {
                changes.add(0, change(circuit, circuit.resolvedUnder(layers, all), all));
            } else if (layers.circuitBases().isBuiltOn(other.name(), other.given(), circuit.name())) {
                changes.add(change(other, other.resolvedUnder(layers, other.given()), other.given()));
            }
        }
        return changed(changes);
    }

    /**
     * Changes settings of a shared budget. They override all configuration until the application stops.
     *
     * @throws InvalidSettingException if a key or value is invalid, or the budget belongs to one policy
     */
    public synchronized List<String> give(BudgetEntry budget, Map<String, @Nullable String> given, String by) {
        if (!budget.isShared()) {
            throw new InvalidSettingException(
                    "The budget " + MessageText.quoted(budget.name()) + " belongs to a policy.",
                    "Change the policy's budget.* settings.");
        }
        SettingsLayer all = updated(
                budget.given(), BudgetSettings.class, new EntryKey(SettingsResolver.BUDGETS, budget.name()), given, by);
        Resolved<BudgetPolicy> settings = retries.layersOf(budget).budget(budget.name(), all, RUNNING);
        return changed(List.of(change(budget, settings, all)));
    }

    private static SettingsLayer updated(
            SettingsLayer before,
            Class<? extends Record> type,
            EntryKey section,
            Map<String, @Nullable String> given,
            String by) {
        return before.updated(SettingsBinder.read(section, type, given, by), given.keySet());
    }

    private static Change change(PolicyEntry policy, ResolvedPolicy resolved, SettingsLayer given) {
        return new Change(
                "policy",
                policy.name(),
                policy.settings(),
                resolved.policy().settings(),
                () -> policy.change(resolved, given));
    }

    private static Change change(CircuitEntry circuit, ResolvedCircuit resolved, SettingsLayer given) {
        return new Change(
                "circuit",
                circuit.name(),
                circuit.settings(),
                resolved.policy().settings(),
                () -> circuit.change(resolved, given));
    }

    private static Change change(BudgetEntry budget, Resolved<BudgetPolicy> settings, SettingsLayer given) {
        return new Change(
                "budget", budget.name(), budget.settings(), settings.settings(), () -> budget.change(settings, given));
    }

    /**
     * Applies the changes: first that of the target, then those of entries based on it, which the differences name.
     */
    private static List<String> changed(List<Change> changes) {
        Change first = changes.get(0);
        first.action().run();
        List<String> differences = new ArrayList<>(differences(first.before(), first.after()));
        changes.subList(1, changes.size()).forEach(change -> differences.addAll(change.make()));
        return differences;
    }

    /**
     * Replaces the configuration read at startup: completely, or not at all. Unused entries may be missing from the new
     * configuration.
     *
     * @return the differences, with the name of each policy, circuit and budget
     * @throws InvalidSettingException for the first setting that is invalid, or that cannot change at run time
     */
    public synchronized List<String> rebind(ConfiguredSettings written) {
        SettingsResolver layers = retries.layers().with(written);
        List<Change> changes = new ArrayList<>();
        for (PolicyEntry policy : retries.ownPolicies()) {
            if (!policy.isUsed() && written.policy(policy.name()) == null) {
                continue;
            }
            changes.add(change(policy, policy.resolvedUnder(layers, policy.given()), policy.given()));
        }
        for (CircuitEntry circuit : retries.ownCircuits()) {
            if (!circuit.isUsed() && written.circuit(circuit.name()) == null) {
                continue;
            }
            changes.add(change(circuit, circuit.resolvedUnder(layers, circuit.given()), circuit.given()));
        }
        for (BudgetEntry budget : retries.ownBudgets()) {
            if (budget.isShared() && (isUsed(budget) || written.budget(budget.name()) != null)) {
                changes.add(change(budget, layers.budget(budget.name(), budget.given(), RUNNING), budget.given()));
            }
        }
        retries.set(layers);
        List<String> differences = new ArrayList<>();
        for (Change change : changes) {
            differences.addAll(change.make());
        }
        return differences;
    }

    private boolean isUsed(BudgetEntry budget) {
        return retries.policies().stream().anyMatch(policy -> policy.isUsed() && policy.budget() == budget.budget());
    }

    private static List<String> differences(Map<String, Setting> before, Map<String, Setting> after) {
        List<String> differences = new ArrayList<>();
        TreeSet<String> keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        for (String key : keys) {
            String old = text(before.get(key));
            String now = text(after.get(key));
            if (!old.equals(now)) {
                differences.add(key + " " + old + " -> " + now);
            }
        }
        return differences;
    }

    private static String text(@Nullable Setting setting) {
        return setting == null ? "unset" : MessageText.line(String.valueOf(setting.shown()), 200);
    }

    /** A validated change that can be applied. */
    private record Change(
            String kind, String name, Map<String, Setting> before, Map<String, Setting> after, Runnable action) {

        List<String> make() {
            if (before.equals(after)) {
                return List.of();
            }
            action.run();
            return differences(before, after).stream()
                    .map(difference -> kind + " " + MessageText.quoted(name) + ": " + difference)
                    .toList();
        }
    }
}
