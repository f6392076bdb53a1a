package dev.retrykit.budget;

/**
 * The state of a budget at one moment.
 *
 * @param name the budget's name
 * @param unlimited whether every retry is granted; if so, only the counts are meaningful
 * @param available whole tokens remaining, including the reserve
 * @param reserve whole tokens remaining in the reserve
 * @param attempts attempts in the window whose outcome says something about the dependency
 * @param successes how many of these attempts succeeded
 * @param granted retries granted since creation, by all budgets {@linkplain RetryBudget#another created from} one
 * @param denied retries denied since creation, by all budgets created from one
 */
public record BudgetSnapshot(
        String name,
        boolean unlimited,
        int available,
        int reserve,
        long attempts,
        long successes,
        long granted,
        long denied) {}
