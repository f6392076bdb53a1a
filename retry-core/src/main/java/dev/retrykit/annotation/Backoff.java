package dev.retrykit.annotation;

import dev.retrykit.backoff.Strategy;
import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The delay before each retry, as part of {@link Retryable}. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({})
public @interface Backoff {

    /** How the delay grows; one at the most. */
    Strategy[] strategy() default {};

    /** The first delay, before jitter: zero or more. */
    String delay() default "";

    /** The factor of {@link Strategy#EXPONENTIAL}: 1 or more. Unset: 0. */
    double multiplier() default 0;

    /** The cap: no less than the delay. */
    String maxDelay() default "";

    /** The name of a delay function (in Spring, a bean) in place of the strategy; cap and jitter apply to it too. */
    String function() default "";
}
