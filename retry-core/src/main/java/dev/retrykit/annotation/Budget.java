package dev.retrykit.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** How long and how much may be retried, as part of {@link Retryable}. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({})
public @interface Budget {

    /** A budget of {@code application.yml}, shared by all that name it. Unset: a budget of the policy's own. */
    String value() default "";

    /** After so long no attempt and no delay begins any more: above zero. */
    String time() default "";

    /** Tokens that each successful call earns: 0 to 10. Unset: negative. */
    double ratio() default -1;

    /** How long an earned token lives: 10 ms to 1 day. */
    String window() default "";

    /** Tokens that are there from the start: 0 or more. Unset: negative. */
    int reserve() default -1;

    /** Percent of the window's attempts that must succeed for any retry to be granted: 0 to 100. Unset: negative. */
    double minSuccess() default -1;
}
