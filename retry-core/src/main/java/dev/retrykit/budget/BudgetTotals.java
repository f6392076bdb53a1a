package dev.retrykit.budget;

import java.util.concurrent.atomic.LongAdder;

/** Shared by all budgets of a dependency: their settings, and the numbers of granted and denied retries. */
final class BudgetTotals {

    volatile BudgetPolicy policy;
    final LongAdder granted = new LongAdder();
    final LongAdder denied = new LongAdder();

    BudgetTotals(BudgetPolicy policy) {
        this.policy = policy;
    }
}
