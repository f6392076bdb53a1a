package dev.retrykit.budget;

import java.util.concurrent.atomic.LongAdder;

/** What is one for all budgets of a dependency: their settings, and how many retries they have granted and denied. */
final class BudgetTotals {

    volatile BudgetPolicy policy;
    final LongAdder granted = new LongAdder();
    final LongAdder denied = new LongAdder();

    BudgetTotals(BudgetPolicy policy) {
        this.policy = policy;
    }
}
