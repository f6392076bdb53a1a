package dev.retrykit.spring.registry;

import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.BudgetSnapshot;
import dev.retrykit.budget.RetryBudget;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A budget of the application, and where circuits have keys one for each key. */
public final class BudgetEntry {

    private final RetryBudget budget;
    private final List<Supplier<Stream<RetryBudget>>> ofKeys = new CopyOnWriteArrayList<>();

    BudgetEntry(RetryBudget budget) {
        this.budget = budget;
    }

    /** Notes where the budgets of keys are found. */
    void addKeys(Supplier<Stream<RetryBudget>> budgets) {
        ofKeys.add(budgets);
    }

    /** That of all calls without a key of their own. */
    RetryBudget budget() {
        return budget;
    }

    /** The name. */
    public String name() {
        return budget.name();
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
