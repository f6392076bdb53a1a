package dev.retrykit.spring.registry;

import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.BudgetSnapshot;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import dev.retrykit.spring.settings.resolution.Resolved;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A budget of the application, including the budgets per key if circuits have keys. */
public final class BudgetEntry {

    private final RetryBudget budget;
    private final boolean shared;
    private volatile Map<String, Setting> settings;
    private volatile SettingsLayer given = SettingsLayer.EMPTY;
    private final List<Supplier<Stream<RetryBudget>>> ofKeys = new CopyOnWriteArrayList<>();

    /**
     * Creates an entry with a full budget.
     *
     * @param settings the effective settings and their origins; empty for a policy's own budget
     * @param shared whether it is configured by name; otherwise it belongs to one policy
     */
    BudgetEntry(RetryBudget budget, Map<String, Setting> settings, boolean shared) {
        this.budget = budget;
        this.settings = settings;
        this.shared = shared;
    }

    /** Registers a source of budgets per key. */
    void addKeys(Supplier<Stream<RetryBudget>> budgets) {
        ofKeys.add(budgets);
    }

    /** The budget of all calls without their own key. */
    RetryBudget budget() {
        return budget;
    }

    /** Whether it is configured by name. If not, it belongs to one policy and has that policy's settings. */
    public boolean isShared() {
        return shared;
    }

    /** Changes the settings of this budget and of the budgets per key. */
    void change(Resolved<BudgetPolicy> other, SettingsLayer newlyGiven) {
        budget.change(other.value());
        settings = other.settings();
        given = newlyGiven;
    }

    /** The settings that were changed at run time. */
    SettingsLayer given() {
        return given;
    }

    /** The name of the budget. */
    public String name() {
        return budget.name();
    }

    /** The effective settings by key with their origins; empty for a policy's own budget. */
    public Map<String, Setting> settings() {
        return settings;
    }

    /** The effective settings, as the engine uses them. */
    public BudgetPolicy policy() {
        return budget.policy();
    }

    /** The current state. With several keys: the tokens of the poorest budget, and the attempts of all. */
    public BudgetSnapshot snapshot() {
        return Stream.concat(Stream.of(budget), ofKeys.stream().flatMap(Supplier::get))
                .map(RetryBudget::snapshot)
                .reduce(BudgetEntry::together)
                .orElseThrow();
    }

    /** Grants and denials are not added: all budgets of a name already share these counters. */
    private static BudgetSnapshot together(BudgetSnapshot one, BudgetSnapshot other) {
        return new BudgetSnapshot(
                one.name(),
                one.unlimited(),
                Math.min(one.available(), other.available()),
                Math.min(one.reserve(), other.reserve()),
                one.attempts() + other.attempts(),
                one.successes() + other.successes(),
                Math.max(one.granted(), other.granted()),
                Math.max(one.denied(), other.denied()));
    }
}
