package dev.retrykit.annotation;

import dev.retrykit.backoff.Strategy;
import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The delay before each retry, as part of {@link Retryable}. An attribute that is not set comes from the defaults.
 *
 * <pre>{@code
 * @Retryable(backoff = @Backoff(strategy = Strategy.EXPONENTIAL, delay = "100ms", multiplier = 2, maxDelay = "5s"))
 * Stock stock(String sku) {
 *     return client.stock(sku);
 * }
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({})
public @interface Backoff {

    /** How the delay grows; at most one value. */
    Strategy[] strategy() default {};

    /** The first delay, before jitter: zero or more. */
    String delay() default "";

    /** The factor of {@link Strategy#EXPONENTIAL}: 1 or more. 0 means not set. */
    double multiplier() default 0;

    /** The upper bound of the delay: at least the delay. */
    String maxDelay() default "";

    /** The name of a delay function (in Spring, a bean) that replaces the strategy; the cap and jitter still apply. */
    String function() default "";
}
