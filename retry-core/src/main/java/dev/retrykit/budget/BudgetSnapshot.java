package dev.retrykit.budget;

/**
 * What a budget holds at one moment.
 *
 * @param name the budget's name
 * @param unlimited whether every retry is granted; then the other figures mean nothing but the counts
 * @param available whole tokens left, the reserve's included
 * @param reserve whole tokens left in the reserve
 * @param attempts attempts in the window that told something about the dependency
 * @param successes those of them that succeeded
 * @param granted retries granted since the start, by all budgets {@linkplain RetryBudget#another made from} one
 * @param denied retries denied since the start, likewise
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
