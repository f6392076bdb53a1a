package dev.retrykit.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The limits on the time and the number of retries, as part of {@link Retryable}.
 *
 * <pre>{@code
 * @Retryable(maxAttempts = 4, budget = @Budget(time = "30s", ratio = 0.1, reserve = 5))
 * Stock stock(String sku) {
 *     return client.stock(sku);
 * }
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({})
public @interface Budget {

    /**
     * The name of a budget in {@code application.yml}, shared by all policies that name it. If not set, the policy has
     * its own budget.
     */
    String value() default "";

    /** Maximum total time of a call, including delays: above zero. No attempt or delay starts after it. */
    String time() default "";

    /** Tokens that each successful call earns: 0 to 10. A negative value means not set. */
    double ratio() default -1;

    /** How long an earned token lives: 10 ms to 1 day. */
    String window() default "";

    /** Tokens that are available from the start: 0 or more. A negative value means not set. */
    int reserve() default -1;

    /**
     * Percentage of the window's attempts that must succeed for any retry to be granted: 0 to 100. A negative value
     * means not set.
     */
    double minSuccess() default -1;
}
