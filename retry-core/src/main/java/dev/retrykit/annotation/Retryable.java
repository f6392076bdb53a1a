package dev.retrykit.annotation;

import dev.retrykit.backoff.Jitter;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Calls of the method are tried again when that can help. On a type: of all its public methods; the method's own
 * annotation wins.
 *
 * <p>With a {@link #value name} all settings come from {@code retrykit.policies.<name>}, and only {@link #fallback} may
 * stand beside it. Without one the policy is called {@code SimpleClass.method}, and
 * {@code retrykit.policies.[SimpleClass.method]} overrides what stands here. What stands nowhere comes from
 * {@code retrykit.defaults}, then from the library.
 *
 * <p>Durations are texts: {@code 100ms}, {@code 2s}, {@code PT2S} or a placeholder <code>${...}</code>.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Retryable {

    /** A policy of {@code application.yml}. Unset: a policy of the method's own. */
    String value() default "";

    /** Attempts, the first included: 1 or more. Unset: 0. */
    int maxAttempts() default 0;

    /** The delay before each retry. Each attribute that is unset comes from the defaults. */
    Backoff backoff() default @Backoff;

    /** How the delay is spread; one at the most. */
    Jitter[] jitter() default {};

    /** How long and how much may be retried. */
    Budget budget() default @Budget;

    /** How long one attempt may take: above zero. */
    String attemptTimeout() default "";

    /**
     * Failures that are transient besides those that are known, with their subtypes, anywhere in the cause chain.
     * {@code Exception.class} retries everything but {@code Error}s.
     */
    Class<? extends Throwable>[] retryOn() default {};

    /** The failures that are permanent, with their subtypes, anywhere in the cause chain. Asked first. */
    Class<? extends Throwable>[] abortOn() default {};

    /**
     * Sends an idempotency key with each POST and PATCH of the method, so that these can be retried: {@code auto}, or an
     * expression (SpEL) over the arguments, such as {@code #order.id}, which gives the same keys to another call with the
     * same value. May stand beside a policy's name.
     */
    String idempotencyKey() default "";

    /**
     * A method of the same class that answers when the call has failed: same parameters, optionally a {@link Throwable}
     * behind them, and a return type that fits. Private ones count. Of several with the name, the one with the most
     * specific failure type that fits is called.
     */
    String fallback() default "";
}
