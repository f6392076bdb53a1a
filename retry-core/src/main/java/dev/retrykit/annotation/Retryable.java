package dev.retrykit.annotation;

import dev.retrykit.backoff.Jitter;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Retries failed calls of the method. On a type, it applies to all public methods; a method's own annotation wins.
 *
 * <pre>{@code
 * @Retryable("inventory") // a policy of application.yml
 * Stock stock(String sku) {
 *     return client.stock(sku);
 * }
 *
 * @Retryable(maxAttempts = 4, attemptTimeout = "2s", retryOn = IOException.class, fallback = "fromCache")
 * Price price(String sku) throws IOException {
 *     return client.price(sku);
 * }
 *
 * Price fromCache(String sku, Throwable failure) {
 *     return cache.price(sku);
 * }
 * }</pre>
 *
 * <p>With a {@link #value name}, all settings come from {@code retrykit.policies.<name>}, and only {@link #fallback}
 * and {@link #idempotencyKey} may be set beside it. Without a name, the policy is called {@code SimpleClass.method},
 * and {@code retrykit.policies.[SimpleClass.method]} overrides the attributes. Settings that are configured in neither
 * place come from {@code retrykit.defaults}, then from the library.
 *
 * <p>Durations are strings: {@code 100ms}, {@code 2s}, {@code PT2S} or a placeholder <code>${...}</code>.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Retryable {

    /** The name of a policy in {@code application.yml}. If not set, the method has its own policy. */
    String value() default "";

    /** Maximum number of attempts, including the first: 1 or more. 0 means not set. */
    int maxAttempts() default 0;

    /** The delay before each retry. Attributes that are not set come from the defaults. */
    Backoff backoff() default @Backoff;

    /** How delays are randomized; at most one value. */
    Jitter[] jitter() default {};

    /** The limits on the time and the number of retries. */
    Budget budget() default @Budget;

    /** Maximum time of one attempt: above zero. */
    String attemptTimeout() default "";

    /**
     * Types of transient failures in addition to the known ones, including subtypes, anywhere in the cause chain.
     * {@code Exception.class} retries everything except {@code Error}s.
     */
    Class<? extends Throwable>[] retryOn() default {};

    /** Types of permanent failures, including subtypes, anywhere in the cause chain. Checked before all other rules. */
    Class<? extends Throwable>[] abortOn() default {};

    /**
     * Sends an idempotency key with each POST and PATCH of the method, so that these can be retried: {@code auto}, or a
     * Spring expression (SpEL) over the arguments, such as {@code #order.id}. Another call with the same value sends
     * the same keys. May be set beside a policy name.
     */
    String idempotencyKey() default "";

    /**
     * The name of a method of the same class that supplies the result when the call has failed. It has the same
     * parameters, optionally followed by a {@link Throwable}, and a compatible return type; it may be private. Of
     * several methods with the name, the one with the most specific matching failure type is called.
     */
    String fallback() default "";
}
