package dev.retrykit.spring.settings;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is written about one retry budget.
 *
 * @param ratio tokens that each successful call earns: 0 to 10. Default 0.1
 * @param window how long an earned token lives: 10ms to 1d. Default 10s
 * @param reserve tokens that are there from the start. Default 5
 * @param minSuccess percent of the window's attempts that must succeed for any retry to be granted; 0 = off. Default 60
 * @param unlimited whether every retry is granted. Default false
 */
public record BudgetSettings(
        @Nullable Double ratio,
        @Nullable Duration window,
        @Nullable Integer reserve,
        @Nullable Double minSuccess,
        @Nullable Boolean unlimited) {

    /** Nothing is written: a budget of defaults. */
    static final BudgetSettings EMPTY = new BudgetSettings(null, null, null, null, null);
}
