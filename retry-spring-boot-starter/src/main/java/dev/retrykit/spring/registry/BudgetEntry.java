package dev.retrykit.spring.registry;

import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.BudgetSnapshot;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.spring.settings.Resolved;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.SettingsLayer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A budget of the application, and where circuits have keys one for each key. */
public final class BudgetEntry {

    private final RetryBudget budget;
    private final boolean shared;
    private volatile Map<String, Setting> settings;
    private volatile SettingsLayer given = SettingsLayer.EMPTY;
    private final List<Supplier<Stream<RetryBudget>>> ofKeys = new CopyOnWriteArrayList<>();

    /**
     * A full one.
     *
     * @param settings what holds for it and where that came from; nothing for one policy's own
     * @param shared whether it is configured by name; else it is one policy's own
     */
    BudgetEntry(RetryBudget budget, Map<String, Setting> settings, boolean shared) {
        this.budget = budget;
        this.settings = settings;
        this.shared = shared;
    }

    /** Notes where the budgets of keys are found. */
    void addKeys(Supplier<Stream<RetryBudget>> budgets) {
        ofKeys.add(budgets);
    }

    /** That of all calls without a key of their own. */
    RetryBudget budget() {
        return budget;
    }

    /** Whether it is configured by name; else it is one policy's own, and takes that one's settings. */
    public boolean isShared() {
        return shared;
    }

    /** Takes other settings from now on, and so do those of keys. */
    void change(Resolved<BudgetPolicy> other, SettingsLayer newlyGiven) {
        budget.change(other.policy());
        settings = other.settings();
        given = newlyGiven;
    }

    /** What was given while the application runs. */
    SettingsLayer given() {
        return given;
    }

    /** The name. */
    public String name() {
        return budget.name();
    }

    /** The effective settings by key and where each came from; nothing for one policy's own. */
    public Map<String, Setting> settings() {
        return settings;
    }

    /** The settings. */
    public BudgetPolicy policy() {
        return budget.policy();
    }

    /** What it holds now: of those of several keys what the poorest holds, and the attempts of all. */
    public BudgetSnapshot snapshot() {
        return Stream.concat(Stream.of(budget), ofKeys.stream().flatMap(Supplier::get))
                .map(RetryBudget::snapshot)
                .reduce(BudgetEntry::together)
                .orElseThrow();
    }

    /** What was granted and denied is one account already. */
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
