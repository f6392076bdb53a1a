package dev.retrykit.spring.registry;

import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.spring.settings.BudgetSettings;
import dev.retrykit.spring.settings.CircuitSettings;
import dev.retrykit.spring.settings.Effective;
import dev.retrykit.spring.settings.EntryKey;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.Layer;
import dev.retrykit.spring.settings.PolicySettings;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.SettingsBinder;
import dev.retrykit.spring.settings.Texts;
import dev.retrykit.spring.settings.WrittenSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Changes settings while the application runs, one change at a time. State, counts and budgets live on, calls that are on
 * their way end under the settings that they began with. What can't hold changes nothing.
 */
public final class Steering {

    private static final String RUNNING = "The running application";

    private final Retries retries;

    Steering(Retries retries) {
        this.retries = retries;
    }

    /**
     * Gives a policy settings that come before all that is written, until the application ends.
     *
     * @param given values by key, in any spelling; null takes away what was given for the key before
     * @param by who gives them, shown as their origin
     * @return what is different now, as in {@code max-attempts 3 -> 2}
     * @throws InvalidSettingException if a key isn't known, a value can't be read, or the settings can't hold
     */
    public synchronized List<String> give(PolicyEntry policy, Map<String, @Nullable String> given, String by) {
        Layer all =
                updated(policy.given(), PolicySettings.class, new EntryKey(Layers.POLICIES, policy.name()), given, by);
        PolicyTerms terms = policy.termsUnder(retries.layersOf(policy), all);
        return changed(policy::settings, () -> policy.change(terms, all));
    }

    /** Gives a circuit settings, in the same way. */
    public synchronized List<String> give(CircuitEntry circuit, Map<String, @Nullable String> given, String by) {
        Layer all = updated(
                circuit.given(), CircuitSettings.class, new EntryKey(Layers.CIRCUITS, circuit.name()), given, by);
        CircuitTerms terms = circuit.termsUnder(retries.layersOf(circuit), all);
        return changed(circuit::settings, () -> circuit.change(terms, all));
    }

    /**
     * Gives a budget that has a name settings, in the same way.
     *
     * @throws InvalidSettingException also if it is one policy's own
     */
    public synchronized List<String> give(BudgetEntry budget, Map<String, @Nullable String> given, String by) {
        if (!budget.isShared()) {
            throw new InvalidSettingException(
                    "Budget " + Texts.quoted(budget.name()) + " belongs to a policy.",
                    "Change the policy's budget.* settings.");
        }
        Layer all =
                updated(budget.given(), BudgetSettings.class, new EntryKey(Layers.BUDGETS, budget.name()), given, by);
        Effective<BudgetPolicy> settings = retries.layersOf(budget).budget(budget.name(), all, RUNNING);
        return changed(budget::settings, () -> budget.change(settings, all));
    }

    private static Layer updated(
            Layer before,
            Class<? extends Record> type,
            EntryKey section,
            Map<String, @Nullable String> given,
            String by) {
        return before.updated(SettingsBinder.read(section, type, given, by), given.keySet());
    }

    private static List<String> changed(Supplier<Map<String, Setting>> settings, Runnable change) {
        Map<String, Setting> before = settings.get();
        change.run();
        return differences(before, settings.get());
    }

    /**
     * Takes what is written now in the place of what was written at the start: all of it, or nothing. What nobody uses may be
     * written no more.
     *
     * @return what is different now, with the name of each policy, circuit and budget
     * @throws InvalidSettingException for the first setting that can't hold, or not while the application runs
     */
    public synchronized List<String> rebind(WrittenSettings written) {
        Layers layers = new Layers(written, retries.layers().parts());
        List<Change> changes = new ArrayList<>();
        for (PolicyEntry policy : retries.ownPolicies()) {
            if (!policy.isUsed() && written.policy(policy.name()) == null) {
                continue;
            }
            PolicyTerms terms = policy.termsUnder(layers, policy.given());
            changes.add(new Change(
                    "policy",
                    policy.name(),
                    policy.settings(),
                    terms.policy().settings(),
                    () -> policy.change(terms, policy.given())));
        }
        for (CircuitEntry circuit : retries.ownCircuits()) {
            if (!circuit.isUsed() && written.circuit(circuit.name()) == null) {
                continue;
            }
            CircuitTerms terms = circuit.termsUnder(layers, circuit.given());
            changes.add(new Change(
                    "circuit",
                    circuit.name(),
                    circuit.settings(),
                    terms.settings(),
                    () -> circuit.change(terms, circuit.given())));
        }
        for (BudgetEntry budget : retries.ownBudgets()) {
            if (budget.isShared() && (isUsed(budget) || written.budget(budget.name()) != null)) {
                Effective<BudgetPolicy> settings = layers.budget(budget.name(), budget.given(), RUNNING);
                changes.add(new Change(
                        "budget",
                        budget.name(),
                        budget.settings(),
                        settings.settings(),
                        () -> budget.change(settings, budget.given())));
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
        return setting == null ? "unset" : Texts.line(String.valueOf(Texts.of(setting.value())), 200);
    }

    /** One that has been checked, and can be made. */
    private record Change(
            String kind, String name, Map<String, Setting> before, Map<String, Setting> after, Runnable action) {

        List<String> make() {
            if (before.equals(after)) {
                return List.of();
            }
            action.run();
            return differences(before, after).stream()
                    .map(difference -> kind + " " + Texts.quoted(name) + ": " + difference)
                    .toList();
        }
    }
}
